//! The `model` engine: one check, run in every interleaving by model-std's search, or in schedules that it draws.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model_std::model::{MAX_THREADS, Outcome, Replay, Schedule, Search, Unsupported};
use model_trace::wire::{Request, Task};

use crate::debugger;
use crate::report::Report;
use crate::request::Asked;

// These two are the real atomics, outside the model: they gather over all executions of a search.
static EXPECTING: AtomicBool = AtomicBool::new(false);
static SEEN: AtomicBool = AtomicBool::new(false);

/// Makes a check of the sort "some interleaving shows it": the check passes when `shows_it`
/// returned true in at least one execution of the search, and fails when it never did.
///
/// Call it as the last expression of the check. Outside a search it only runs the closure.
pub fn expect_some(shows_it: impl Fn() -> bool) {
    EXPECTING.store(true, Ordering::Relaxed);
    if shows_it() {
        SEEN.store(true, Ordering::Relaxed);
    }
}

/// How late the threads of the running execution are by now, all together: a right program takes that much longer, at
/// most. See [`model_std::model::lateness`].
#[must_use]
pub fn lateness() -> Duration {
    model_std::model::lateness()
}

/// How late the calling thread is by now: all other time has passed for it while it waited. See
/// [`model_std::model::own_lateness`].
#[must_use]
pub fn own_lateness() -> Duration {
    model_std::model::own_lateness()
}

/// Names the thread that the check starts next, in schedules alone. To the code under test, the threads of checks have no
/// names: it is to be the same for every engine and every check. See [`model_std::model::name_next_thread`].
pub fn name_next_thread(role: &str) {
    model_std::model::name_next_thread(role);
}

/// An input of the check, as a number below `options`: with sampled schedules another one in each, and the same one
/// where a schedule is run again. See [`model_std::model::choose`].
pub fn choose(options: usize) -> usize {
    model_std::model::choose(options)
}

/// Whether the check is of that sort, and nothing has shown it.
pub fn has_not_shown_it() -> bool {
    EXPECTING.load(Ordering::Relaxed) && !SEEN.load(Ordering::Relaxed)
}

pub(crate) fn run(check: fn(), asked: &Arc<Asked>) -> Report {
    let Request { preemptions, least, executions, deepening, task, .. } = asked.request();
    // No execution has more preemptions than a machine can address.
    let [preemptions, least] =
        [preemptions, least].map(|bound| bound.map(|bound| usize::try_from(bound).unwrap_or(usize::MAX)));
    let (executions, deepening) = (*executions, *deepening);
    let search = || {
        // Code may keep threads of its own. While they have little to do, all interleavings are within reach; otherwise
        // the search is cut short, and says so.
        let threads = MAX_THREADS;
        let search = Search { preemptions, least, executions, deepening, threads, ..Search::default() };
        or_internal_error(search, asked)
    };
    match task {
        Task::Judge {} => report(match asked.request().sampling {
            Some(sampling) => at_once(search(), asked).sample(sampling, check),
            None => at_once(search(), asked).run(check),
        }),
        Task::Replay { schedule, debugger } => with_schedule(schedule, |schedule| {
            let search = Search { at_failure: debugger.then_some(debugger::wait), ..search() };
            match at_once(search, asked).replay(schedule, check) {
                Replay::Followed(outcome) => report(outcome),
                Replay::Diverged(divergence) => Report::diverged(divergence),
            }
        }),
        Task::Shrink { schedule } => {
            with_schedule(schedule, |schedule| match search().smaller(schedule, check) {
                Some(failure) => Report::counterexample(&failure),
                None => Report::passed(None),
            })
        }
        Task::Show {} => match search().example(check) {
            Some(example) => Report::example(example),
            None => Report::passed(None),
        },
    }
}

/// If the explorer itself panics, that is reported before anything unwinds: no check can go on then.
fn or_internal_error(search: Search, asked: &Arc<Asked>) -> Search {
    let asked = Arc::clone(asked);
    search.on_internal_error(move |error| asked.answer(Report::internal(error)))
}

/// The first failure is reported before anything unwinds: what follows it may well abort.
fn at_once(search: Search, asked: &Arc<Asked>) -> Search {
    let asked = Arc::clone(asked);
    search.on_failure(move |failure| asked.answer(Report::counterexample(failure)))
}

fn with_schedule(text: &str, run: impl FnOnce(&Schedule) -> Report) -> Report {
    text.parse().map_or_else(Report::no_schedule, |schedule| run(&schedule))
}

fn report(outcome: Outcome) -> Report {
    match outcome {
        Outcome::Passed(coverage) => {
            if has_not_shown_it() {
                Report::never_happens(coverage)
            } else {
                Report::passed(Some(coverage))
            }
        }
        Outcome::Failed(failure) => Report::counterexample(&failure),
        Outcome::Unsupported(Unsupported { most_threads: Some(most), .. }) => Report::too_many_threads(most),
        Outcome::Unsupported(unsupported) => Report::unsupported(unsupported),
        Outcome::Internal(error) => Report::internal(&error),
    }
}

#[cfg(test)]
mod tests {
    use model_std::model::{Outcome, Replay, Search};
    use model_trace::wire::Outcome as Answer;

    #[test]
    fn a_panic_of_the_explorer_itself_is_reported_as_an_internal_error() {
        let fails = model_std::thread::park;
        let Outcome::Failed(failure) = Search::default().run(fails) else { panic!("it does not fail") };
        // The explorer calls it where it finds the deadlock, so that its panic is none of the program.
        let search = Search { at_failure: Some(|| panic!("broken")), ..Search::default() };
        let replay = search.replay(&failure.schedule, fails);
        let Replay::Followed(outcome) = replay else { panic!("{replay:?}") };
        let Answer::Internal { message, schedule } = super::report(outcome).outcome else {
            panic!("it is reported as something else")
        };
        assert!(message.starts_with("broken (at "), "{message}");
        assert_eq!(schedule, failure.schedule.to_string());
    }
}
