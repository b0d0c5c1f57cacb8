//! What a class costs.
//!
//! `cargo bench -p grader --bench class [-- EXERCISE ... [--learners N] [--builds N]]` hands in solutions, accepted
//! fixtures and mutants under the names of N learners (10), with a comment that makes each another submission, for the
//! first six exercises, and prints
//! - what one submission takes in a cargo target directory of its own: the build of the crates that checks are built on,
//!   timed N times (2), and then what it takes here, which is less than it would take there;
//! - what it takes in the class, with as many jobs as there are cores and with one, and both as ratios;
//! - a run over what is known already, of 10 learners and of 1,000, and how much memory the grader itself has used at
//!   most by then.

#![expect(clippy::disallowed_methods, reason = "what is compared is cargo as everybody calls it")]

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use grader::catalog::{Catalog, Exercise};
use grader::class::intake::Class;
use grader::class::journal::Journal;
use grader::class::rows::Rows;
use grader::class::run::{Origin, Plan};
use grader::event::Event;
use grader::format::{Choice, Look};
use grader::interrupt::Interrupt;
use grader::mutant::{Base, Mutant};
use grader::pipeline::{Grader, Options};
use grader::project::Project;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many exercises a class has, if none are named.
const EXERCISES: usize = 6;

/// Learners whose memory is compared.
const FEW: usize = 10;
const MANY: usize = 1000;

fn main() -> Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the grader is in a workspace")?;
    let project = Project::at(workspace)?;
    let catalog = Catalog::discover(&project)?;
    let wanted = Wanted::from_arguments()?;
    let exercises: Vec<&Exercise> = if wanted.exercises.is_empty() {
        catalog.exercises().iter().take(EXERCISES).collect()
    } else {
        wanted.exercises.iter().map(|slug| catalog.get(slug)).collect::<std::result::Result<_, _>>()?
    };
    let cores = thread::available_parallelism()?.get();
    let folder = tempfile::tempdir()?;
    let bench = Bench { project: &project, catalog: &catalog, exercises, folder: folder.path() };

    println!("one submission in a cargo target directory of its own");
    let mut build = Duration::ZERO;
    for number in 0..wanted.builds {
        build += own_build(workspace, &folder.path().join(format!("target-{number}")))?;
    }
    let build = build.as_secs_f64() / f64::from(wanted.builds);
    println!("  {build:.1} s to build what its checks are built on, before it is compiled itself");

    bench.hand_in("class", wanted.learners)?;
    let works = wanted.learners * bench.exercises.len();
    // Builds what is missing.
    bench.hand_in("warm", 1)?;
    bench.run("warm", cores, &[])?;
    println!("{works} submissions of {} learners", wanted.learners);
    let first = bench.run("class", cores, &[Origin::Graded])?.as_secs_f64() / works as f64;
    println!("  {first:.2} s each with {cores} jobs: {:.1} times the throughput", (build + first) / first);
    // The same programs, each of them another submission.
    bench.hand_in("alone", wanted.learners)?;
    let alone = bench.run("alone", 1, &[Origin::Graded])?.as_secs_f64() / works as f64;
    println!("  {alone:.2} s each with one job: {cores} jobs have {:.2} times its throughput", alone / first);

    println!("a run over a class that has not changed, and the memory of the grader itself at most by then");
    for (name, learners) in [("few", FEW), ("many", MANY)] {
        // The same submissions in turns: what counts is how many rows there are.
        bench.hand_in_copies("class", name, learners)?;
        let took = bench.run(name, cores, &[Origin::Cached])?.as_secs_f64();
        let submissions = learners * bench.exercises.len();
        let memory = peak_memory().map_or_else(|| "an unknown amount".to_owned(), |mib| format!("{mib} MiB"));
        println!(
            "  {submissions} submissions of {learners} learners in {took:.2} s, {:.2} s for 100; {memory}",
            took * 100.0 / submissions as f64
        );
    }
    Ok(())
}

struct Bench<'a> {
    project: &'a Project,
    catalog: &'a Catalog,
    exercises: Vec<&'a Exercise>,
    folder: &'a Path,
}

impl Bench<'_> {
    /// A class of so many learners, who all hand in something else.
    fn hand_in(&self, class: &str, learners: usize) -> Result<()> {
        for exercise in &self.exercises {
            let mut programs = Vec::new();
            for base in Base::all(self.project, exercise)? {
                programs.push(fs::read_to_string(base.file(self.project, exercise))?);
            }
            for mutant in Mutant::all(self.project, exercise)? {
                programs.push(mutant.program(self.project, exercise)?);
            }
            for learner in 0..learners {
                // Neither all right ones nor all wrong ones.
                let program = &programs[learner * 7 % programs.len()];
                let file = self.file(class, learner, exercise);
                fs::create_dir_all(file.parent().ok_or("a file is in a folder")?)?;
                // The folder has another name in each run: what an earlier one has handed in is in the cache.
                let run = self.folder.display();
                fs::write(file, format!("{program}\n// {run}, {class}, learner {learner}\n"))?;
            }
        }
        Ok(())
    }

    /// A class of more learners, who hand in what those of another one have.
    fn hand_in_copies(&self, of: &str, class: &str, learners: usize) -> Result<()> {
        let known = fs::read_dir(self.folder.join(of))?.count();
        for learner in 0..learners {
            for exercise in &self.exercises {
                let file = self.file(class, learner, exercise);
                fs::create_dir_all(file.parent().ok_or("a file is in a folder")?)?;
                fs::copy(self.file(of, learner % known, exercise), file)?;
            }
        }
        Ok(())
    }

    fn file(&self, class: &str, learner: usize, exercise: &Exercise) -> std::path::PathBuf {
        let name = format!("learner-{learner:04}");
        self.folder.join(class).join(name).join(&exercise.slug).join(&exercise.editable[0])
    }

    /// Grades the class and writes its reports to nowhere. Says how long it took.
    fn run(&self, class: &str, jobs: usize, origins: &[Origin]) -> Result<Duration> {
        let silent = |_: &Event| {};
        let grader = Grader::new(self.project, self.catalog, Options::new(jobs), &silent)?;
        let started = Instant::now();
        let class = Class::open(&self.folder.join(class), None, None)?;
        let journal = Journal::in_folder(self.folder.join("results"));
        let plan = Plan {
            project: self.project,
            catalog: self.catalog,
            exercises: self.exercises.clone(),
            jobs,
            journal: journal.clone(),
            resume: false,
            cache: true,
            interrupt: Interrupt::default(),
        };
        plan.run(&grader, &class, &|done| {
            assert!(origins.is_empty() || origins.contains(&done.origin), "{done:?}");
        })?;
        let rows = Rows::new(&grader, &class, self.exercises.clone(), &journal);
        for format in ["html", "csv", "json"] {
            let look = Look { width: 80, colours: false, unicode: true };
            let format = Choice::named(format).and_then(|choice| choice.for_class(look));
            let format = format.ok_or("the format has a report of a class")?;
            format.write_class(&rows, &mut io::sink()).map_err(|unwritten| format!("{unwritten:?}"))?;
        }
        Ok(started.elapsed())
    }
}

/// Builds what checks are built on, from nothing.
fn own_build(workspace: &Path, target: &Path) -> Result<Duration> {
    let started = Instant::now();
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release", "-p", "harness", "-p", "model-core"])
        .env("CARGO_TARGET_DIR", target)
        .current_dir(workspace)
        .status()?;
    assert!(status.success(), "the crates that checks are built on build");
    Ok(started.elapsed())
}

/// The most memory that this process has had in use, in MiB.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}

/// What the command line asks for.
struct Wanted {
    exercises: Vec<String>,
    learners: usize,
    builds: u32,
}

impl Wanted {
    fn from_arguments() -> Result<Self> {
        let mut wanted = Wanted { exercises: Vec::new(), learners: 10, builds: 2 };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--learners" => {
                    let number = arguments.next().ok_or("--learners takes a number")?;
                    wanted.learners = number.parse::<std::num::NonZeroUsize>()?.get();
                }
                "--builds" => {
                    let number = arguments.next().ok_or("--builds takes a number")?;
                    wanted.builds = number.parse::<std::num::NonZeroU32>()?.get();
                }
                // Cargo adds `--bench`.
                other if other.starts_with('-') => {}
                exercise => wanted.exercises.push(exercise.to_owned()),
            }
        }
        Ok(wanted)
    }
}
