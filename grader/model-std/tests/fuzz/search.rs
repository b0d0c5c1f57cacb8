//! What the explorer finds, as a set of outcomes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use model_std::model::{Cause, Merge, Outcome, Replay, Schedule, Search};

/// How one search is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most preemptions. `None`: any number.
    pub bound: Option<usize>,
    /// Whether states are recognised.
    pub remember: bool,
    /// The most executions.
    pub executions: u64,
    /// Whether steps are recorded.
    pub record: bool,
    /// What is left out of the states that are recognised: nothing, but to show that this is found.
    pub merges: Option<Merge>,
}

/// What a search has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<O> {
    /// The outcomes of the executions that ended.
    pub outcomes: BTreeSet<O>,
    pub executions: u64,
    pub end: End<O>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<O> {
    Complete {
        exhaustive: bool,
        /// The coverage names a limit of the search's own.
        limited: bool,
    },
    CutShort,
    Deadlock {
        /// What had been noted by then.
        outcome: O,
        preemptions: usize,
        schedule: Schedule,
    },
    /// Neither is what a generated program can do.
    Other(String),
}

/// A program, ready to be run once for each execution.
pub struct Runner<O> {
    /// Runs it inside of the explorer.
    pub run: Box<dyn Fn() -> O + Send + Sync>,
    /// What has been noted in the execution that runs, when it is stuck.
    pub stuck: Box<dyn Fn() -> O>,
}

pub fn search<O: Clone + Ord + Send + 'static>(runner: Runner<O>, settings: Settings) -> Found<O> {
    let Runner { run, stuck } = runner;
    let outcomes = Arc::new(Mutex::new(BTreeSet::new()));
    let sink = Arc::clone(&outcomes);
    let last = Arc::new(Mutex::new(None));
    let at_failure = Arc::clone(&last);
    let search = Search {
        preemptions: settings.bound,
        executions: settings.executions,
        remember: settings.remember,
        record: settings.record,
        merges: settings.merges,
        ..Search::default()
    };
    let search = search.on_failure(move |failure| {
        if matches!(failure.cause, Cause::Deadlock {}) {
            *at_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(stuck());
        }
    });
    let outcome = search.run(move || {
        let outcome = run();
        sink.lock().unwrap_or_else(PoisonError::into_inner).insert(outcome);
    });
    let outcomes = std::mem::take(&mut *outcomes.lock().unwrap_or_else(PoisonError::into_inner));
    let (executions, end) = match outcome {
        Outcome::Passed(coverage) if coverage.complete => (
            coverage.executions,
            End::Complete { exhaustive: coverage.exhaustive, limited: !coverage.limits.is_empty() },
        ),
        Outcome::Passed(coverage) => (coverage.executions, End::CutShort),
        Outcome::Failed(failure) => {
            let stuck = last.lock().unwrap_or_else(PoisonError::into_inner).take();
            let end = match (&failure.cause, stuck) {
                (Cause::Deadlock {}, Some(outcome)) => {
                    let (preemptions, schedule) = (failure.preemptions, failure.schedule.clone());
                    End::Deadlock { outcome, preemptions, schedule }
                }
                _ => End::Other(format!("{failure}")),
            };
            (failure.coverage.executions, end)
        }
        Outcome::Unsupported(unsupported) => (0, End::Other(format!("{unsupported}"))),
        Outcome::Internal(error) => (0, End::Other(format!("{error}"))),
    };
    Found { outcomes, executions, end }
}

/// Runs one schedule again. `None`: it does not lead to a deadlock.
pub fn replayed_deadlock<O: Clone + Send + 'static>(runner: Runner<O>, schedule: &Schedule) -> Option<O> {
    let Runner { run, stuck } = runner;
    let search = Search { record: false, ..Search::default() };
    let replay = search.replay(schedule, move || drop(run()));
    match replay {
        Replay::Followed(Outcome::Failed(failure)) if matches!(failure.cause, Cause::Deadlock {}) => {
            Some(stuck())
        }
        Replay::Followed(_) | Replay::Diverged(_) => None,
    }
}
