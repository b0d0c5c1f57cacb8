//! Where the time of a grading goes, and how much longer wrong code takes than right code.
//!
//! `cargo bench -p grader --bench cost [-- EXERCISE ... [--sample N]]` grades the solution, the accepted fixtures and the
//! mutants of each exercise with the whole suite, one after the other, and prints
//! - the CPU time of the solution's grading, by what used it, how much of it is the system's, and how much of it goes
//!   into starting processes;
//! - the time of each grading as a multiple of the solution's; of those that take more than twice as long, the check
//!   that took longest, and what came of it;
//! - the searches in right programs that were cut short, of which there should be none.
//!
//! `--sample N`: only every N-th of the accepted fixtures and of the mutants.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use grader::calibrate::{Fixture, Thoroughness, fixtures};
use grader::catalog::Catalog;
use grader::event::{CommandRun, CpuTime, Event};
use grader::pipeline::{Grader, Options};
use grader::project::Project;

/// More than this is slow.
const SLOW: f64 = 2.0;

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the grader is in a workspace")?;
    let project = Project::at(workspace)?;
    let catalog = Catalog::discover(&project)?;
    let wanted = Wanted::from_arguments()?;
    let bench = Bench { seen: Mutex::default() };
    let listener = |event: &Event| bench.listen(event);
    let jobs = thread::available_parallelism()?.get();
    let grader = Grader::new(&project, &catalog, Options::new(jobs), &listener)?;

    let mut all = Split::default();
    let (mut graded, mut slow, mut cut_short) = (0, 0, 0);
    for slug in catalog.slugs().into_iter().filter(|slug| wanted.wants(slug)) {
        let fixtures = fixtures(&project, &catalog, std::slice::from_ref(&slug))?;
        let solution =
            fixtures.iter().find(|fixture| fixture.name == "solution").ok_or("there is a solution")?;
        // The first one builds what is missing, and warms the caches.
        bench.grade(&grader, solution)?;
        let of_solution = bench.grade(&grader, solution)?;
        println!("\n{slug}: the solution in {:.1} s", of_solution.duration.as_secs_f64());
        of_solution.split.print();
        all += of_solution.split;
        cut_short += of_solution.cut_short("solution");

        let others = fixtures.iter().filter(|fixture| !["solution", "stub"].contains(&fixture.name.as_str()));
        let mut ratios = Vec::new();
        for fixture in others.step_by(wanted.sample) {
            let grading = bench.grade(&grader, fixture)?;
            if fixture.is_right() {
                cut_short += grading.cut_short(&fixture.name);
            }
            let ratio = grading.duration.as_secs_f64() / of_solution.duration.as_secs_f64();
            let reason = if ratio > SLOW { grading.reason() } else { String::new() };
            println!("  {ratio:>5.2} times the solution's time: {}{reason}", fixture.name);
            ratios.push(ratio);
        }
        ratios.sort_by(f64::total_cmp);
        let slow_here = ratios.iter().filter(|ratio| **ratio > SLOW).count();
        if let (Some(median), Some(longest)) = (ratios.get(ratios.len() / 2), ratios.last()) {
            println!(
                "  {} other gradings: median {median:.2}, longest {longest:.2}, {slow_here} above {SLOW}",
                ratios.len()
            );
        }
        graded += ratios.len();
        slow += slow_here;
    }
    println!("\nall solutions");
    all.print();
    println!(
        "{slow} of {graded} other gradings take more than {SLOW} times the solution's time; {cut_short} checks of right \
         programs were cut short"
    );
    Ok(())
}

/// What the command line asks for.
struct Wanted {
    exercises: Vec<String>,
    /// One of so many.
    sample: usize,
}

impl Wanted {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let mut wanted = Wanted { exercises: Vec::new(), sample: 1 };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if argument == "--sample" {
                let number = arguments.next().ok_or("--sample takes a number")?;
                wanted.sample = number.parse::<std::num::NonZeroUsize>()?.get();
            } else if !argument.starts_with('-') {
                wanted.exercises.push(argument);
            }
            // Cargo adds `--bench`.
        }
        Ok(wanted)
    }

    fn wants(&self, exercise: &str) -> bool {
        self.exercises.is_empty() || self.exercises.iter().any(|wanted| wanted == exercise)
    }
}

struct Bench {
    /// What has happened since it was last taken.
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    commands: Vec<CommandRun>,
    /// The check that took longest, and what came of it.
    longest: Option<(Duration, String)>,
}

struct Grading {
    duration: Duration,
    split: Split,
    /// The checks whose search was.
    cut_short: Vec<String>,
    longest: Option<(Duration, String)>,
}

impl Bench {
    fn listen(&self, event: &Event) {
        let Ok(mut seen) = self.seen.lock() else { return };
        if let Event::CommandRan(command) = event {
            seen.commands.push(command.clone());
        }
        if let Event::CheckFinished { check, status, duration, .. } = event
            && seen.longest.as_ref().is_none_or(|(longest, _)| duration > longest)
        {
            seen.longest = Some((*duration, format!("{check} ({})", status.as_str())));
        }
    }

    fn grade(&self, grader: &Grader<'_>, fixture: &Fixture) -> Result<Grading, Box<dyn Error>> {
        let started = Instant::now();
        let calibration = fixture.calibrate(grader, Thoroughness::Full, None)?;
        let duration = started.elapsed();
        let Seen { commands, longest } =
            std::mem::take(&mut *self.seen.lock().map_err(|_| "a listener panicked")?);
        let mut split = Split::default();
        commands.iter().for_each(|command| split.add(command));
        Ok(Grading { duration, split, cut_short: calibration.cut_short, longest })
    }
}

impl Grading {
    /// Prints the checks of a right program that were cut short, and returns their number.
    fn cut_short(&self, name: &str) -> usize {
        for check in &self.cut_short {
            println!("  {name}: {check} was cut short");
        }
        self.cut_short.len()
    }

    fn reason(&self) -> String {
        let Some((duration, check)) = &self.longest else { return String::new() };
        format!(", {:.1} s of it for {check}", duration.as_secs_f64())
    }
}

/// CPU time, by what used it.
#[derive(Default, Clone, Copy)]
struct Split {
    crates: Used,
    checks: Used,
    model: Used,
    real: Used,
}

#[derive(Default, Clone, Copy)]
struct Used {
    processes: u32,
    cpu: CpuTime,
    /// The least that one of the processes used.
    least: Option<Duration>,
}

impl Used {
    /// What starting the processes took, at most: as if the one that used least had done nothing else.
    fn starts(self) -> Duration {
        self.least.unwrap_or_default() * self.processes
    }
}

impl std::ops::AddAssign for Used {
    fn add_assign(&mut self, other: Self) {
        self.processes += other.processes;
        self.cpu += other.cpu;
        self.least = self.least.into_iter().chain(other.least).min();
    }
}

impl Split {
    fn add(&mut self, command: &CommandRun) {
        let is = |word: &str| command.args.iter().any(|arg| arg == word);
        let used = if command.input.contains(r#""engine":"model""#) {
            &mut self.model
        } else if !command.input.is_empty() {
            &mut self.real
        } else if is("bin") {
            &mut self.checks
        } else {
            &mut self.crates
        };
        *used += Used { processes: 1, cpu: command.cpu, least: Some(command.cpu.all()) };
    }

    fn parts(self) -> [(&'static str, Used); 4] {
        [
            ("rustc, the submission and its contract", self.crates),
            ("rustc, the checks", self.checks),
            ("checks in the model", self.model),
            ("checks on real threads", self.real),
        ]
    }

    fn print(self) {
        let all: f64 = self.parts().iter().map(|(_, used)| used.cpu.all().as_secs_f64()).sum();
        for (what, used) in self.parts() {
            let Used { processes, cpu, .. } = used;
            let (seconds, system) = (cpu.all().as_secs_f64(), cpu.system.as_secs_f64());
            println!(
                "  {what:<40} {processes:>4} processes {seconds:>7.2} s of CPU time {:>4.0} %, {system:.2} s of it \
                 the system's, {:.2} s to start them",
                100.0 * seconds / all,
                used.starts().as_secs_f64()
            );
        }
        println!("  {:<40} {:>14} {all:>7.2} s", "together", "");
    }
}

impl std::ops::AddAssign for Split {
    fn add_assign(&mut self, other: Self) {
        let Self { crates, checks, model, real } = self;
        for (used, other) in
            [(crates, other.crates), (checks, other.checks), (model, other.model), (real, other.real)]
        {
            *used += other;
        }
    }
}
