//! The set of outcomes that a small program can have, for the tests of `model-std`.

pub mod axioms;
pub mod programs;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use model_std::model::{Coverage, Failure, Operation, Outcome, Search, Step};

/// Runs `program` in every interleaving, without a bound, and collects what it returns.
pub fn outcomes<T: Ord + Debug + Send + 'static>(
    program: impl Fn() -> T + Send + Sync + 'static,
) -> BTreeSet<T> {
    collect(Search { preemptions: None, executions: 2_000_000, ..Search::default() }, program).0
}

/// Like [`outcomes`], with up to `preemptions` preemptions.
pub fn outcomes_within<T: Ord + Debug + Send + 'static>(
    preemptions: usize,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> BTreeSet<T> {
    collect(Search { preemptions: Some(preemptions), executions: 2_000_000, ..Search::default() }, program).0
}

/// Runs `program` in every interleaving that `search` asks for, and collects what it returns.
pub fn collect<T: Ord + Debug + Send + 'static>(
    search: Search,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> (BTreeSet<T>, Coverage) {
    let found = Arc::new(Mutex::new(BTreeSet::new()));
    let outcome = {
        let found = Arc::clone(&found);
        search.run(move || {
            let outcome = program();
            found.lock().expect("no execution fails").insert(outcome);
        })
    };
    match outcome {
        Outcome::Passed(coverage) => {
            assert!(coverage.complete, "the search was cut short: {coverage}");
            let found = std::mem::take(&mut *found.lock().expect("no execution fails"));
            (found, coverage)
        }
        Outcome::Failed(failure) => panic!("an execution failed\n{failure}"),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

/// Runs `program`, which must fail in some interleaving, and returns the failure.
pub fn failure(program: impl Fn() + Send + Sync + 'static) -> Failure {
    match Search::default().run(program) {
        Outcome::Failed(failure) => *failure,
        Outcome::Passed(coverage) => panic!("no execution failed: {coverage}"),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

/// Runs `program`, which must not fail in any interleaving within the default limits.
pub fn passes(program: impl Fn() + Send + Sync + 'static) -> Coverage {
    match Search::default().run(program) {
        Outcome::Passed(coverage) => {
            assert!(coverage.complete, "the search was cut short: {coverage}");
            coverage
        }
        Outcome::Failed(failure) => panic!("an execution failed\n{failure}"),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

/// A set of outcomes.
pub fn set<T: Ord, const N: usize>(outcomes: [T; N]) -> BTreeSet<T> {
    outcomes.into()
}

/// Whether a wait ends spuriously.
pub fn is_spurious_wakeup(step: &Step) -> bool {
    matches!(step.operation, Operation::SpuriousWakeup { .. })
}

/// Whether a load reads a store that is not the newest.
pub fn is_stale(step: &Step) -> bool {
    matches!(step.operation, Operation::Load { reads, .. } if reads.is_stale())
}
