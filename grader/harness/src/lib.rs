//! Runs one check in a process of its own and reports over its own channel.
//!
//! Every check binary is the suite's checks plus a `main` that hands them to [`main`]. In order:
//! 1. `request` reads what to run from standard input, which is a socket, to its end;
//! 2. the socket moves to a descriptor of its own that no program started from here inherits, and
//!    standard input becomes `/dev/null`. Both happen before any code of the learner runs;
//! 3. [`stress`] or [`model`] runs exactly the one check that was asked for, or `loom-harness` does;
//! 4. `request` writes the `report` as one line of JSON to the socket and the process ends.
//!
//! Request and answer are those of `model_trace::wire`.
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
use std::sync::Arc;

pub use moment::{others_wait_with, until_others_wait};

use model_trace::Opinion;
use model_trace::wire::{Engine, Request};
use report::Report;
pub use request::Asked;

/// The functions of a suite, by the names that the suite knows them by.
pub type Checks = [(&'static str, fn())];

/// Runs the check that the request on standard input names, reports, and ends the process.
pub fn main(checks: &Checks) -> ! {
    let asked = asked();
    let Request { check: wanted, engine, seed, .. } = asked.request();
    let report = match (find(checks, wanted), engine) {
        (None, _) => Report::unknown_check(wanted),
        (Some(check), Engine::Stress) => stress::run(check, *seed),
        (Some(check), Engine::Model) => model::run(check, &asked),
        (Some(_), Engine::Loom) => Report::unknown_engine(wanted),
    };
    asked.answer(report)
}

/// Does the same with the loom crate, which this one knows nothing of: `judge` asks it.
pub fn second_opinion(checks: &Checks, judge: impl FnOnce(fn(), &Arc<Asked>) -> Opinion) -> ! {
    let asked = asked();
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

fn asked() -> Arc<Asked> {
    request::take().unwrap_or_else(|error| {
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
