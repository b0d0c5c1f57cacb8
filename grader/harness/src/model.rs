//! The `loom` engine: one check, run in every interleaving by model-std's search.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model_std::model::{Outcome, Replay, Schedule, Search};

use crate::debugger;
use crate::report::Report;
use crate::request::Request;

// These two are the real atomics, outside the model: they gather over all executions of a search.
static EXPECTING: AtomicBool = AtomicBool::new(false);
static SEEN: AtomicBool = AtomicBool::new(false);

/// Makes a check of the sort "some interleaving shows it": the check passes when `shows_it`
/// returned true in at least one execution of the search, and fails when it never did.
///
/// Call it as the last expression of the check. Outside the `loom` engine it only runs the closure.
pub fn expect_some(shows_it: impl Fn() -> bool) {
    EXPECTING.store(true, Ordering::Relaxed);
    if shows_it() {
        SEEN.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn run(check: fn(), request: &Arc<Request>) -> Report {
    let search =
        Search { preemptions: request.preemptions, executions: request.executions, ..Search::default() };
    // The first failure is reported before anything unwinds: what follows it may well abort.
    let asked = Arc::clone(request);
    let search = search.on_failure(move |failure| asked.answer(&Report::counterexample(failure)));
    match &request.schedule {
        None => told(search.run(check)),
        Some(schedule) => again(search, schedule, check, request.debugger),
    }
}

/// Runs one schedule again.
fn again(search: Search, schedule: &str, check: fn(), debugger: bool) -> Report {
    let schedule: Schedule = match schedule.parse() {
        Ok(schedule) => schedule,
        Err(message) => return Report::no_schedule(message),
    };
    let at_failure = debugger.then_some(debugger::wait as fn());
    match (Search { at_failure, ..search }).replay(&schedule, check) {
        Replay::Fits(outcome) => told(outcome),
        Replay::Misfit(misfit) => Report::misfit(&misfit),
    }
}

fn told(outcome: Outcome) -> Report {
    match outcome {
        Outcome::Passed(coverage) => {
            if EXPECTING.load(Ordering::Relaxed) && !SEEN.load(Ordering::Relaxed) {
                Report::never_happens("not one of the interleavings that were tried shows it", coverage)
            } else {
                Report::passed(Some(coverage))
            }
        }
        Outcome::Failed(failure) => Report::counterexample(&failure),
        Outcome::Unsupported(unsupported) => Report::unsupported(unsupported),
    }
}
