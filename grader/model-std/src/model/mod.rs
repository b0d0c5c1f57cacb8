//! The explorer's own interface, for test harnesses.
//!
//! Under `cargo test` nothing of it is needed: `#[test]` functions run through [`check`].

mod describe;

use core::panic::Location;

use real::string::String;

pub use crate::explore::{Divergence, Example, Failure, Outcome, Replay, Schedule, Search, Unsupported};
pub use model_trace::{
    AcquireCall, AtomicType, Blocker, Cause, Content, Coverage, Execution, Format, Object, ObjectId,
    ObjectKind, Operation, Order, Place, Reads, ReceiveCall, Received, ReleaseCall, SendCall, Sent, Step,
    StepId, Thread, ThreadId, UpdateCall, Wait, Waiting, Word,
};

use crate::explore::acting::{is_in_execution, schedule_point, with};
use crate::explore::state::State;

/// Runs a `#[test]` function in every interleaving, with the default limits.
///
/// The environment variables `MODEL_PREEMPTIONS` (a number, or `unbounded`) and `MODEL_EXECUTIONS`
/// change the limits.
///
/// # Panics
/// With the failing interleaving, if there is one; and if the test cannot be modelled.
pub fn check<T: TestResult>(test: impl Fn() -> T + Send + Sync + 'static) {
    let outcome = limits().run(move || test().assert_success());
    match outcome {
        Outcome::Passed(coverage) => real::println!("{coverage}"),
        Outcome::Failed(failure) => fail(&real::format!("{failure}")),
        Outcome::Unsupported(unsupported) => fail(&real::format!("{unsupported}")),
    }
}

/// Marks the beginning of a call that a test observes from outside, as in a history: a step. Without
/// it, the order of calls that have nothing to do with each other is not explored. Outside of a search
/// it does nothing.
#[track_caller]
pub fn mark_begin() {
    if is_in_execution() {
        schedule_point(Location::caller());
        with(State::mark);
    }
}

/// Marks the end of such a call. It is no step: a call ends when it has done its last one.
pub fn mark_end() {
    if is_in_execution() {
        with(State::mark);
    }
}

/// Fails the test. Not by `panic!`: its place would be here, which tells a learner nothing.
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

impl<E: core::fmt::Debug> TestResult for Result<(), E> {
    fn assert_success(self) {
        if let Err(error) = self {
            panic!("Error: {error:?}");
        }
    }
}

impl TestResult for real::process::ExitCode {
    fn assert_success(self) {
        let text: String = real::format!("{self:?}");
        assert!(self == real::process::ExitCode::SUCCESS, "the test returned {text}");
    }
}
