//! Where the time of a grading goes, and how much longer wrong code takes than right code.
//!
//! `cargo bench -p grader --bench cost [-- EXERCISE ...]` grades the solution, the accepted fixtures and the mutants of
//! each exercise with the whole suite, one after the other, and prints
//! - the CPU time of the solution's grading, by what used it, and how much of it is the system's;
//! - the searches in right programs that were cut short, of which there should be none;
//! - the time of each grading as a multiple of the solution's: the median, and all that take more than twice as long.

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
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let bench = Bench { commands: Mutex::default() };
    let listener = |event: &Event| bench.listen(event);
    let jobs = thread::available_parallelism()?.get();
    let grader = Grader::new(&project, &catalog, Options::new(jobs), &listener)?;

    let mut all = Split::default();
    for slug in catalog.slugs().into_iter().filter(|slug| wanted.is_empty() || wanted.contains(slug)) {
        let fixtures = fixtures(&project, &catalog, std::slice::from_ref(&slug))?;
        let solution =
            fixtures.iter().find(|fixture| fixture.name == "solution").ok_or("there is a solution")?;
        // The first one builds what is missing, and warms the caches.
        bench.grade(&grader, solution)?;
        let of_solution = bench.grade(&grader, solution)?;
        println!("\n{slug}: the solution in {:.1} s", of_solution.duration.as_secs_f64());
        of_solution.split.print();
        all += of_solution.split;

        let mut ratios = Vec::new();
        for fixture in fixtures.iter().filter(|fixture| fixture.name != "solution" && fixture.name != "stub")
        {
            let grading = bench.grade(&grader, fixture)?;
            for check in &grading.cut_short {
                println!("  {}: {check} was cut short", fixture.name);
            }
            let ratio = grading.duration.as_secs_f64() / of_solution.duration.as_secs_f64();
            if ratio > SLOW {
                println!("  {}: {ratio:.1} times the solution's time", fixture.name);
            }
            ratios.push(ratio);
        }
        ratios.sort_by(f64::total_cmp);
        let slow = ratios.iter().filter(|ratio| **ratio > SLOW).count();
        if let (Some(median), Some(longest)) = (ratios.get(ratios.len() / 2), ratios.last()) {
            println!(
                "  {} other gradings: median {median:.2}, longest {longest:.2}, {slow} above {SLOW}",
                ratios.len()
            );
        }
    }
    println!("\nall solutions");
    all.print();
    Ok(())
}

struct Bench {
    /// What the grader ran since they were last taken.
    commands: Mutex<Vec<CommandRun>>,
}

struct Grading {
    duration: Duration,
    split: Split,
    cut_short: Vec<String>,
}

impl Bench {
    fn listen(&self, event: &Event) {
        if let (Event::CommandRan(command), Ok(mut commands)) = (event, self.commands.lock()) {
            commands.push(command.clone());
        }
    }

    fn grade(&self, grader: &Grader<'_>, fixture: &Fixture) -> Result<Grading, Box<dyn Error>> {
        let started = Instant::now();
        let calibration = fixture.calibrate(grader, Thoroughness::Full)?;
        let duration = started.elapsed();
        let commands = std::mem::take(&mut *self.commands.lock().map_err(|_| "a listener panicked")?);
        let mut split = Split::default();
        commands.iter().for_each(|command| split.add(command));
        let cut_short = if fixture.is_right() { calibration.cut_short } else { Vec::new() };
        Ok(Grading { duration, split, cut_short })
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
        used.processes += 1;
        used.cpu += command.cpu;
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
        for (what, Used { processes, cpu }) in self.parts() {
            let (seconds, system) = (cpu.all().as_secs_f64(), cpu.system.as_secs_f64());
            println!(
                "  {what:<40} {processes:>4} processes {seconds:>7.2} s of CPU time {:>4.0} %, {system:.2} s of it \
                 the system's",
                100.0 * seconds / all
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
            used.processes += other.processes;
            used.cpu += other.cpu;
        }
    }
}
