//! How long a learner waits: from a saved file to the verdict of the public tests, once everything is warm.
//!
//! `cargo bench -p grader --bench verdict` prints the median and the longest of several checks of each reference
//! solution. Under a second is the promise, half of that the aim, on two cores without other work.

use std::path::Path;
use std::time::{Duration, Instant};

use grader::catalog::Catalog;
use grader::event::Event;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::Verdict;
use grader::submission::Work;
use grader::suite::Selection;

const RUNS: usize = 7;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let project = Project::at(root).expect("a project");
    let catalog = Catalog::discover(&project).expect("exercises");
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let silent = |_: &Event| {};
    let grader = Grader::new(&project, &catalog, Options::new(jobs), &silent).expect("a grader");
    println!("{:<18}{:>10}{:>10}", "exercise", "median", "longest");
    for exercise in catalog.exercises() {
        let file = project.solution(&exercise.slug).join("src/lib.rs");
        let work = Work::from_file(exercise, &file).expect("one file");
        let mut times: Vec<Duration> = (0..=RUNS)
            .map(|_| {
                let started = Instant::now();
                let report = grader.check_work(&work, Selection::All).expect("a report");
                assert_eq!(report.verdict, Verdict::Accepted, "{}", exercise.slug);
                started.elapsed()
            })
            // The first one builds what is missing.
            .skip(1)
            .collect();
        times.sort();
        let milliseconds = |time: Duration| format!("{} ms", time.as_millis());
        println!(
            "{:<18}{:>10}{:>10}",
            exercise.slug,
            milliseconds(times[RUNS / 2]),
            milliseconds(times[RUNS - 1])
        );
    }
}
