//! The explorer's own interface, for test harnesses.
//!
//! Under `cargo test` nothing of it is needed: `#[test]` functions run through [`check`]. [`sample`] is for tests with
//! more threads than can be searched. A harness of its own makes
//! a [`Search`], and gets an [`Outcome`]: the [`Coverage`], or a [`Failure`] with its [`Execution`], step by step.

mod describe;
#[cfg(test)]
mod internal_error;

use core::panic::Location;
use core::time::Duration;

use real::io::Write;
use real::string::String;

#[doc(hidden)]
pub use crate::explore::Merge;
pub use crate::explore::{
    Divergence, Earlier, Example, Failure, InternalError, MAX_THREADS, Outcome, Replay, Schedule, Search,
    Unsupported,
};
pub use model_trace::{
    AcquireCall, AtomicType, Blocker, Cause, Content, Coverage, Execution, Format, Limit, Limits, Method,
    Object, ObjectId, ObjectKind, Operation, Order, Place, Reads, ReceiveCall, Received, ReleaseCall,
    Sampling, SendCall, Sent, Step, StepId, Thread, ThreadId, UpdateCall, Wait, Waiting, Word,
};

use crate::explore::acting::{is_in_execution, schedule_point, wait_until, with};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait as Pause};

/// Runs a test in every interleaving, with the default limits, and says on standard error what that covered.
///
/// `#[test]` functions run through it by themselves; `test` may return whatever such a function may. The
/// environment variables `MODEL_PREEMPTIONS` (a number, or `unbounded`) and `MODEL_EXECUTIONS` change the limits.
///
/// ```
/// use model_std::model;
/// use model_std::sync::{Arc, Mutex};
/// use model_std::thread;
///
/// model::check(|| {
///     let count = Arc::new(Mutex::new(0));
///     let theirs = Arc::clone(&count);
///     let thread = thread::spawn(move || *theirs.lock().unwrap() += 1);
///     *count.lock().unwrap() += 1;
///     thread.join().unwrap();
///     assert_eq!(*count.lock().unwrap(), 2);
/// });
/// ```
///
/// # Panics
/// With the failing interleaving, if there is one; and if the test cannot be modelled.
#[track_caller]
pub fn check<T: TestResult>(test: impl Fn() -> T + Send + Sync + 'static) {
    // A test harness gives each thread the name of its test.
    let thread = real::thread::current();
    run_test(thread.name().unwrap_or("a test"), test);
}

/// Runs a test in schedules that are drawn by random numbers, with the default limits, and says on standard error what
/// that covered: for tests with more threads than can be searched, up to 63. See [`Search::sample`].
///
/// The environment variables `MODEL_SCHEDULES` and `MODEL_SEED` (numbers) change how many, and which ones.
///
/// ```
/// use model_std::model::{self, Sampling};
/// use model_std::sync::{Arc, Mutex};
/// use model_std::thread;
///
/// model::sample(Sampling { schedules: 200, ..Sampling::default() }, || {
///     let count = Arc::new(Mutex::new(0));
///     let threads = [(); 12].map(|()| {
///         let count = Arc::clone(&count);
///         thread::spawn(move || *count.lock().unwrap() += 1)
///     });
///     threads.map(|thread| thread.join().unwrap());
///     assert_eq!(*count.lock().unwrap(), 12);
/// });
/// ```
///
/// # Panics
/// With the failing schedule, if there is one; and if the test cannot be modelled.
#[track_caller]
pub fn sample<T: TestResult>(mut sampling: Sampling, test: impl Fn() -> T + Send + Sync + 'static) {
    for (name, value) in [("MODEL_SCHEDULES", &mut sampling.schedules), ("MODEL_SEED", &mut sampling.seed)] {
        if let Ok(number) = real::env::var(name) {
            *value = parse(&number, name);
        }
    }
    let thread = real::thread::current();
    let outcome = Search::default().sample(sampling, move || test().assert_success());
    show_outcome(thread.name().unwrap_or("a test"), outcome);
}

/// Like [`check`], for the test function with this path, which begins with the name of the crate.
#[doc(hidden)]
#[track_caller]
pub fn check_function<T: TestResult>(path: &str, test: impl Fn() -> T + Send + Sync + 'static) {
    run_test(path.split_once("::").map_or(path, |(_, name)| name), test);
}

#[track_caller]
fn run_test<T: TestResult>(name: &str, test: impl Fn() -> T + Send + Sync + 'static) {
    show_outcome(name, limits().run(move || test().assert_success()));
}

fn show_outcome(name: &str, outcome: Outcome) {
    match outcome {
        Outcome::Passed(coverage) => show(name, coverage),
        Outcome::Failed(failure) => fail(&real::format!("{failure}")),
        Outcome::Unsupported(unsupported) => fail(&real::format!("{unsupported}")),
        Outcome::Internal(error) => fail(&real::format!("{error}")),
    }
}

/// Says what a search has covered. Not by `eprint!`, which the test harness captures: that a search was cut short
/// has to be seen.
fn show(name: &str, coverage: Coverage) {
    let line = if coverage.complete || coverage.sampling.is_some() {
        real::format!("model: {name}: {coverage}\n")
    } else {
        real::format!("model: warning: {name}: {coverage}; MODEL_EXECUTIONS raises the limit\n")
    };
    // Where standard error is closed, no reader is there to miss it.
    let _ = real::io::stderr().lock().write_all(line.as_bytes());
}

/// An input of the test, as a number below `options`: a part of the schedule, so that a search tries all of them,
/// [`sample`] draws one with each schedule, and a schedule that is run again has the same. Outside of a search it is
/// 0.
///
/// # Panics
/// If there are no `options`, or more than 100.
pub fn choose(options: usize) -> usize {
    assert!((1..=100).contains(&options), "{options} inputs cannot be chosen from");
    if is_in_execution() { with(|state| state.choose_input(options)) } else { 0 }
}

/// Returns when every other thread waits, and only then: the moment for a test that is about threads which wait.
/// A timed wait is a wait like any other, and may end as soon as this returns. Returns whether there is a search:
/// outside of one, it does nothing.
///
/// ```
/// use model_std::model;
/// use model_std::sync::{Arc, Condvar, Mutex};
/// use model_std::thread;
///
/// model::check(|| {
///     let (waits, condvar) = (Arc::new(Mutex::new(false)), Arc::new(Condvar::new()));
///     let (theirs, bell) = (Arc::clone(&waits), Arc::clone(&condvar));
///     let waiter = thread::spawn(move || {
///         let mut waits = theirs.lock().unwrap();
///         *waits = true;
///         drop(bell.wait_while(waits, |waits| *waits).unwrap());
///     });
///     assert!(model::until_others_wait());
///     assert!(*waits.lock().unwrap());
///     *waits.lock().unwrap() = false;
///     condvar.notify_one();
///     waiter.join().unwrap();
/// });
/// ```
#[track_caller]
pub fn until_others_wait() -> bool {
    let searched = is_in_execution();
    if searched {
        wait_until(Pending::until(Pause::Others, Location::caller()));
    }
    searched
}

/// Names the thread that the calling thread starts next, in reports alone: to the program it has the name that it was
/// started with, or none, as it has outside of a search. There, this does nothing.
///
/// ```
/// use model_std::{model, thread};
///
/// model::check(|| {
///     model::name_next_thread("reader");
///     let reader = thread::spawn(|| assert_eq!(thread::current().name(), None));
///     reader.join().unwrap();
/// });
/// ```
pub fn name_next_thread(role: &str) {
    if is_in_execution() {
        with(|state| state.execution.me().next_role = Some(String::from(role)));
    }
}

/// Marks the beginning of a call that a test observes from outside, as in a history: a step. Without
/// it, the order of calls that have nothing to do with each other is not explored. `earlier` says what the calls are
/// whose ends are marked by then. Outside of a search it does nothing.
#[track_caller]
pub fn mark_begin(earlier: Earlier) {
    if is_in_execution() {
        schedule_point(Location::caller());
        with(|state| state.begin_observed(earlier));
    }
}

/// Marks the end of such a call. It is no step: a call ends when it has done its last one.
pub fn mark_end() {
    if is_in_execution() {
        with(State::end_observed);
    }
}

/// How late the threads of the running execution are by now, all together: the time that has passed for them while they
/// could have gone on. A timeout may elapse so much later, and never earlier. Zero outside of a search.
#[must_use]
pub fn lateness() -> Duration {
    if is_in_execution() { with(State::lateness) } else { Duration::ZERO }
}

/// How late the calling thread is by now: the time that has passed for it while it could have gone on, and not while it
/// waited. Zero outside of a search.
#[must_use]
pub fn own_lateness() -> Duration {
    if is_in_execution() { with(State::own_lateness) } else { Duration::ZERO }
}

/// Fails the test. Not by `panic!`: its place would be here, which says nothing about the test.
fn fail(text: &str) -> ! {
    real::eprintln!("{text}");
    real::panic::resume_unwind(Box::new(String::from(text)))
}

fn limits() -> Search {
    let mut search = Search::default();
    match real::env::var("MODEL_PREEMPTIONS").as_deref() {
        Ok("unbounded") => search.preemptions = None,
        Ok(number) => search.preemptions = Some(parse(number, "MODEL_PREEMPTIONS")),
        Err(_) => {}
    }
    if let Ok(number) = real::env::var("MODEL_EXECUTIONS") {
        search.executions = parse(&number, "MODEL_EXECUTIONS");
    }
    search
}

fn parse<T: core::str::FromStr>(number: &str, name: &str) -> T {
    number.parse().unwrap_or_else(|_| panic!("{name} must be a number, not `{number}`"))
}

/// What a test function may return.
pub trait TestResult {
    /// # Panics
    /// If it is a failure.
    fn assert_success(self);
}

impl TestResult for () {
    fn assert_success(self) {}
}

impl<T: TestResult, E: core::fmt::Debug> TestResult for Result<T, E> {
    fn assert_success(self) {
        match self {
            Ok(value) => value.assert_success(),
            Err(error) => panic!("Error: {error:?}"),
        }
    }
}

mod never {
    /// A type by the type of a function that returns it.
    pub trait Function {
        type Output;
    }

    impl<T> Function for fn() -> T {
        type Output = T;
    }
}

/// `!`, which has no name yet.
impl TestResult for <fn() -> ! as never::Function>::Output {
    fn assert_success(self) {
        self
    }
}

impl TestResult for core::convert::Infallible {
    fn assert_success(self) {
        match self {}
    }
}

impl TestResult for real::process::ExitCode {
    fn assert_success(self) {
        let text: String = real::format!("{self:?}");
        assert!(self == real::process::ExitCode::SUCCESS, "the test returned {text}");
    }
}
