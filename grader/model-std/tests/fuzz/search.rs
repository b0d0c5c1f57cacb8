//! What the explorer finds, as a set of outcomes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use model_std::model::{Cause, Failure, Outcome, Search};

/// How one search is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most preemptions. `None`: any number.
    pub bound: Option<usize>,
    /// Whether states are recognised.
    pub remember: bool,
    /// The most executions.
    pub executions: u64,
    /// Whether operations are recorded: that must not make a difference.
    pub record: bool,
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
    },
    CutShort {
        /// The bound up to which the search says that it is complete, all the same.
        complete: Option<usize>,
    },
    Deadlock {
        /// What had been noted by then.
        outcome: O,
        preemptions: usize,
    },
    /// What no generated program can do.
    Other(String),
}

/// A program, ready to be run once for each execution.
pub struct Runner<O> {
    /// Runs it inside of the explorer.
    pub run: Box<dyn Fn() -> O + Send + Sync>,
    /// What has been noted in the execution that runs, when it is stuck.
    pub stuck: Box<dyn Fn() -> O>,
}

/// Searches, and runs the schedule of a deadlock again.
pub fn search<O: Clone + Ord + Debug + Send + 'static>(runner: Runner<O>, settings: Settings) -> Found<O> {
    let (run, stuck) = (Arc::new(runner.run), Rc::new(runner.stuck));
    let outcomes = Arc::new(Mutex::new(BTreeSet::new()));
    let (sink, test) = (Arc::clone(&outcomes), Arc::clone(&run));
    let (search, deadlock) = watched(settings, &stuck);
    let outcome = search.run(move || {
        let outcome = test();
        sink.lock().unwrap_or_else(PoisonError::into_inner).insert(outcome);
    });
    let (executions, end) = match outcome {
        Outcome::Passed(coverage) if coverage.complete => {
            (coverage.executions, End::Complete { exhaustive: coverage.exhaustive })
        }
        Outcome::Passed(coverage) => {
            let complete = coverage.preemptions.checked_sub(1).map(|bound| bound as usize);
            (coverage.executions, End::CutShort { complete })
        }
        Outcome::Failed(failure) => {
            let end = match deadlock.take() {
                Some(outcome) => again(outcome, &failure, settings, run, &stuck),
                None => End::Other(format!("{failure}")),
            };
            (failure.coverage.executions, end)
        }
        Outcome::Unsupported(unsupported) => (0, End::Other(format!("{unsupported}"))),
    };
    let outcomes = std::mem::take(&mut *outcomes.lock().unwrap_or_else(PoisonError::into_inner));
    Found { outcomes, executions, end }
}

/// What had been noted when a search came to a deadlock.
type Noted<O> = Rc<RefCell<Option<O>>>;

fn watched<O: 'static>(settings: Settings, stuck: &Rc<Box<dyn Fn() -> O>>) -> (Search, Noted<O>) {
    let (noted, stuck) = (Noted::default(), Rc::clone(stuck));
    let at_failure = Rc::clone(&noted);
    let search = Search {
        preemptions: settings.bound,
        executions: settings.executions,
        remember: settings.remember,
        record: settings.record,
        ..Search::default()
    };
    let search = search.on_failure(move |failure| {
        if matches!(failure.cause, Cause::Deadlock {}) {
            *at_failure.borrow_mut() = Some(stuck());
        }
    });
    (search, noted)
}

/// The schedule of a deadlock leads there again.
fn again<O: Clone + Ord + Debug + Send + 'static>(
    outcome: O,
    failure: &Failure,
    settings: Settings,
    run: Arc<Box<dyn Fn() -> O + Send + Sync>>,
    stuck: &Rc<Box<dyn Fn() -> O>>,
) -> End<O> {
    let (search, noted) = watched(settings, stuck);
    let replay = search.replay(&failure.schedule, move || drop(run()));
    match noted.take() {
        Some(same) if same == outcome => End::Deadlock { outcome, preemptions: failure.preemptions },
        other => End::Other(format!("a deadlock with {outcome:?} is {other:?} when it is run again: {replay:?}")),
    }
}
