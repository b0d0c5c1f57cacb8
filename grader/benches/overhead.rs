//! What grading costs over its floor: the same rustc, linker and check processes, run bare.
//!
//! `cargo bench -p grader` prints ratios taken in one run, on the exercises' own solutions. A ratio says
//! the same on a slow machine and on a fast one, which a duration does not.

use std::error::Error;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use grader::catalog::Catalog;
use grader::event::{CommandRun, Event};
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::Verdict;
use grader::submission::Submission;

/// The best of so many: what is measured is the work, not what else the machine does.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the grader is in a workspace")?;
    let project = Project::at(workspace)?;
    let catalog = Catalog::discover(&project)?;
    let jobs = thread::available_parallelism()?.get();
    println!("{:<20} {:>10} {:>10} {:>7}", "exercise", "grade", "floor", "ratio");
    for slug in catalog.slugs() {
        let staging = tempfile::tempdir()?;
        let submission = Submission::open(&project.solution(&slug), std::slice::from_ref(&slug), &catalog)?;
        let (mut grade, mut floor) = (Duration::MAX, Duration::MAX);
        for round in 0..=ROUNDS {
            let commands = Mutex::new(Vec::new());
            let listener = |event: &Event| {
                if let (Event::CommandRan(command), Ok(mut commands)) = (event, commands.lock()) {
                    commands.push(command.clone());
                }
            };
            let started = Instant::now();
            let fresh = Project::at(workspace)?;
            let options = Options { keep_staging_in: Some(staging.path().to_owned()), ..Options::new(jobs) };
            let report = Grader::new(&fresh, &catalog, options, &listener)?.grade(&submission)?;
            let taken = started.elapsed();
            if report.exercises[0].verdict != Verdict::Accepted {
                return Err(format!("the solution of {slug} is not accepted").into());
            }
            let commands = commands.into_inner().map_err(|_| "a listener panicked")?;
            // The first round builds the grader's own crates and warms the caches.
            if round > 0 {
                grade = grade.min(taken);
                floor = floor.min(bare(&commands, jobs)?);
            }
        }
        let ratio = grade.as_secs_f64() / floor.as_secs_f64();
        println!("{slug:<20} {:>8.0} ms {:>8.0} ms {ratio:>7.2}", millis(grade), millis(floor));
    }
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Runs the commands again, as many at once as the grader did.
fn bare(commands: &[CommandRun], jobs: usize) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    // Learner crates first, then what is built on them, then what runs: no stage needs a later one.
    for stage in [Stage::Crate, Stage::OnTop, Stage::Run] {
        let queue =
            Mutex::new(commands.iter().filter(|command| stage_of(command) == stage).collect::<Vec<_>>());
        thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs)
                .map(|_| {
                    scope.spawn(|| {
                        while let Some(command) = queue.lock().ok().and_then(|mut queue| queue.pop()) {
                            run(command).map_err(|error| error.to_string())?;
                        }
                        Ok::<(), String>(())
                    })
                })
                .collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
        })?;
    }
    Ok(started.elapsed())
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Stage {
    Crate,
    OnTop,
    Run,
}

fn stage_of(command: &CommandRun) -> Stage {
    if command.args.is_empty() {
        Stage::Run
    } else if command.args.iter().any(|arg| arg == "rlib") {
        Stage::Crate
    } else {
        Stage::OnTop
    }
}

fn run(command: &CommandRun) -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "the bare command is what the grader is compared with")]
    let mut bare = Command::new(&command.program);
    bare.args(&command.args).current_dir(&command.folder).stdout(Stdio::null()).stderr(Stdio::null());
    if command.input.is_empty() {
        bare.stdin(Stdio::null()).status()?;
        return Ok(());
    }
    let (mut ours, theirs) = UnixStream::pair()?;
    let mut child = bare.stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
    // It still holds the child's end of the socket, which would then never be closed.
    drop(bare);
    ours.write_all(command.input.as_bytes())?;
    ours.shutdown(Shutdown::Write)?;
    ours.read_to_end(&mut Vec::new())?;
    child.wait()?;
    Ok(())
}
