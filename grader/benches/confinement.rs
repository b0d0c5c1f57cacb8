//! What it costs to run a check as the grader does, over a bare start of the same process; and what decoys cost.
//!
//! `cargo bench -p grader --bench confinement [-- EXERCISE ...]` grades solutions one process at a time, runs the same
//! processes bare, and prints for each exercise
//! - the median of a check's process, bare and as the grader runs it, and of the difference between the two, of which at
//!   most 5 ms are the promise;
//! - how many decoys there were, and how long they took together.

use std::error::Error;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use grader::catalog::Catalog;
use grader::event::{CommandRun, Event};
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::submission::Submission;

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the grader is in a workspace")?;
    let project = Project::at(workspace)?;
    let catalog = Catalog::discover(&project)?;
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    println!("{:<20} {:>8} {:>10} {:>10} {:>16}", "exercise", "bare", "confined", "difference", "decoys");
    for slug in catalog.slugs().into_iter().filter(|slug| wanted.is_empty() || wanted.contains(slug)) {
        let staging = tempfile::tempdir()?;
        let commands = Mutex::new(Vec::new());
        let listener = |event: &Event| {
            if let (Event::CommandRan(command), Ok(mut commands)) = (event, commands.lock()) {
                commands.push(command.clone());
            }
        };
        let submission = Submission::open(&project.solution(&slug), std::slice::from_ref(&slug), &catalog)?;
        let options = Options { keep_staging_in: Some(staging.path().to_owned()), ..Options::new(1) };
        Grader::new(&project, &catalog, options, &listener)?.grade(&submission)?;
        let commands = commands.into_inner().map_err(|_| "a listener panicked")?;
        let (mut bare, mut confined, mut differences) = (Vec::new(), Vec::new(), Vec::new());
        let (mut decoys, mut in_decoys) = (0, Duration::ZERO);
        for command in commands.iter().filter(|command| !command.input.is_empty()) {
            let (took, answer) = run(command)?;
            if answer.contains("a check that must fail") {
                decoys += 1;
                in_decoys += command.duration;
            }
            // The longer ones differ by chance more than by confinement.
            if took < Duration::from_millis(20) {
                bare.push(took.as_secs_f64());
                confined.push(command.duration.as_secs_f64());
                differences.push(command.duration.as_secs_f64() - took.as_secs_f64());
            }
        }
        println!(
            "{slug:<20} {:>5.1} ms {:>7.1} ms {:>7.1} ms {decoys:>4} in {:>5.0} ms",
            median(&mut bare),
            median(&mut confined),
            median(&mut differences),
            in_decoys.as_secs_f64() * 1e3
        );
    }
    Ok(())
}

/// Of durations in seconds, in milliseconds.
fn median(durations: &mut [f64]) -> f64 {
    durations.sort_by(f64::total_cmp);
    durations.get(durations.len() / 2).map_or(0.0, |duration| duration * 1e3)
}

/// Runs a check's process bare. Returns how long it took, and its answer.
fn run(command: &CommandRun) -> Result<(Duration, String), Box<dyn Error>> {
    let started = Instant::now();
    let (mut ours, theirs) = UnixStream::pair()?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the bare process is what the confined one is compared with"
    )]
    let mut bare = Command::new(&command.program);
    bare.current_dir(&command.folder).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = bare.stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
    // It still holds the child's end of the socket, which would then never be closed.
    drop(bare);
    ours.write_all(command.input.as_bytes())?;
    ours.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    ours.read_to_string(&mut answer)?;
    child.wait()?;
    Ok((started.elapsed(), answer))
}
