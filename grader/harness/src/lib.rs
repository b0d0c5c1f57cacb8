//! Runs one check in a process of its own and reports over its own channel.
//!
//! Every check binary is the suite's checks plus a `main` that hands them to [`main`]. In order:
//! 1. the socket that standard input is moves to a descriptor of its own that no program started from here inherits, and
//!    standard input becomes `/dev/null`;
//! 2. `request` asks for what to run. Both happen before any code of the learner runs;
//! 3. [`stress`] or [`model`] runs exactly the one check that was asked for, or `loom-harness` does;
//! 4. where it has passed, `request` asks for the seal, which a pass needs;
//! 5. `request` writes the `report` as one line of JSON to the socket and the process ends.
//!
//! What is said is in `model_trace::wire`.
//!
//! Some of the functions in a binary are decoys: what they do is what a check does, and then they fail, by [`conclude`].
//! Nothing that is asked for says which ones these are.
//!
//! The parent believes that line alone, and only together with an exit status of 0.

pub mod compare;
mod debugger;
pub mod linearizability;
pub mod model;
mod moment;
mod report;
mod request;
pub mod stress;
mod threads;

use std::any::Any;
use std::io;
use std::sync::Arc;

pub use moment::{others_wait_with, until_others_wait};

use model_trace::Opinion;
pub use model_trace::PASSED_ON;
use model_trace::wire::{Engine, READY, RETURNED, Request};
use report::Report;
pub use request::Asked;

/// The functions of a binary, by the numbers that the grader knows them by.
pub type Checks = [(&'static str, fn())];

/// Runs the check that the grader asks for, reports, and ends the process.
// The grader compares from where it is asked for the request and for the seal: both calls of `say` are to be here.
#[inline(never)]
pub fn main(checks: &Checks) -> ! {
    let socket = unless_run_by_hand(request::open());
    let line = unless_run_by_hand(request::say(&socket, READY));
    let asked = unless_run_by_hand(request::parse(&line, &socket));
    let report = run(checks, &asked);
    let seal = if report.is_pass() { request::say(&socket, RETURNED).ok() } else { None };
    asked.answer_sealed(report, seal)
}

#[inline(never)]
fn run(checks: &Checks, asked: &Arc<Asked>) -> Report {
    let Request { check: wanted, engine, seed, .. } = asked.request();
    match (find(checks, wanted), engine) {
        (None, _) => Report::unknown_check(wanted),
        (Some(check), Engine::Stress) => stress::run(check, *seed),
        (Some(check), Engine::Model) => model::run(check, asked),
        (Some(_), Engine::Loom) => Report::unknown_engine(wanted),
    }
}

/// The end of every function that the grader can ask for. It fails that of a decoy: `mark` has an odd number of ones.
///
/// # Panics
/// In a decoy.
pub fn conclude(mark: u64) {
    assert!(mark.count_ones().is_multiple_of(2), "a check that must fail");
}

/// Does the same with the loom crate, which this one knows nothing of: `judge` asks it.
pub fn second_opinion(checks: &Checks, judge: impl FnOnce(fn(), &Arc<Asked>) -> Opinion) -> ! {
    let socket = unless_run_by_hand(request::open());
    let line = unless_run_by_hand(request::say(&socket, READY));
    let asked = unless_run_by_hand(request::parse(&line, &socket));
    let opinion = match find(checks, &asked.request().check) {
        Some(check) => judge(check, &asked),
        None => Opinion::GaveUp { message: "this binary has no such check".to_owned(), place: None },
    };
    asked.answer_with_opinion(&opinion)
}

/// The text that a thread panicked with.
pub fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "(no message)"
    }
}

fn unless_run_by_hand<T>(result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("this program runs one check for the grader and is not run by hand: {error}");
        #[expect(
            clippy::disallowed_methods,
            reason = "nothing has begun, and there is no request to answer"
        )]
        std::process::exit(64);
    })
}

fn find(checks: &Checks, wanted: &str) -> Option<fn()> {
    checks.iter().find(|(name, _)| *name == wanted).map(|(_, check)| *check)
}
