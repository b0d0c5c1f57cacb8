//! Checks what was ordered last, and grades it once the public tests pass.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use grader::catalog::Catalog;
use grader::error::Error;
use grader::pipeline::Grader;
use grader::project::Project;
use grader::report::{ExerciseReport, Report, Verdict};
use grader::submission::Submission;

use super::News;
use super::changes::Version;
use crate::check::{check, own_work};

/// A check to run.
pub struct Order {
    pub exercise: String,
    pub version: Version,
}

/// What came of an order.
pub struct Result {
    pub exercise: String,
    pub version: Version,
    pub took: Duration,
    pub found: Found,
}

/// What was found out.
pub enum Found {
    /// How the public tests went.
    Checked(ExerciseReport),
    /// They pass; this is the verdict of the whole suite.
    Graded(Report),
    /// Nothing could be judged.
    Failed(Error),
}

/// Works until nobody orders any more.
pub(super) fn work(
    grader: &Grader<'_>,
    project: &Project,
    catalog: &Catalog,
    orders: &Receiver<Order>,
    overtaken: &AtomicBool,
    news: &Sender<News>,
) {
    while let Ok(first) = orders.recv() {
        // Only the newest counts.
        let Order { exercise, version } = orders.try_iter().last().unwrap_or(first);
        overtaken.store(false, Ordering::Relaxed);
        let started = Instant::now();
        let tell = |found| {
            let (exercise, version) = (exercise.clone(), version.clone());
            let result = Result { exercise, version, took: started.elapsed(), found };
            // Nobody listens any more once the session is over.
            let _ = news.send(News::Worked(Box::new(result)));
        };
        let checked =
            catalog.get(&exercise).map_err(Error::from).and_then(|exercise| check(grader, exercise));
        let passes = matches!(&checked, Ok(report) if report.verdict == Verdict::Accepted);
        tell(checked.map_or_else(Found::Failed, Found::Checked));
        if passes && project.suite(&exercise).is_dir() {
            let graded = catalog.get(&exercise).map_err(Error::from).and_then(|exercise| {
                let works = vec![own_work(exercise)?];
                grader.grade(&Submission { label: "exercises".to_owned(), works })
            });
            tell(graded.map_or_else(Found::Failed, Found::Graded));
        }
    }
}
