//! A job for tests.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;

use super::job::Job;
use crate::cli::JobArgs;

/// What asks for two exercises in twelve shards.
pub fn args(class: &str, results: &str) -> JobArgs {
    let number = |number| NonZeroU32::new(number).expect("not 0");
    JobArgs {
        class: class.into(),
        shards: NonZeroUsize::new(12).expect("not 0"),
        exercises: vec!["race-counter".to_owned(), "lru-cache".to_owned()],
        roster: Some("roster.csv".into()),
        system: None,
        rubric: Some("it's a $(rubric) ${{ x }}.toml".into()),
        limits: None,
        allow_weak_sandbox: false,
        results: results.into(),
        formats: Vec::new(),
        cpus: number(2),
        memory: number(4096),
        minutes: number(90),
    }
}

/// The same as a job, with paths as they are.
pub fn job(class: &str, results: &str) -> Job {
    let place = |path: &Path| Ok(path.to_owned());
    Job::new(&args(class, results), Some("1700000000".to_owned()), &place).expect("a job")
}
