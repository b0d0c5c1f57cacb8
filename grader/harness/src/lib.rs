//! Runs one check in a process of its own and reports over its own channel.
//!
//! Every check binary is the suite's checks plus a `main` that hands them to [`main`]. In order:
//! 1. `request` reads what to run from standard input, which is a socket, to its end;
//! 2. the socket moves to a descriptor of its own that no program started from here inherits, and
//!    standard input becomes `/dev/null`. Both happen before any code of the learner runs;
//! 3. [`stress`] or [`model`] runs exactly the one check that was asked for;
//! 4. `request` writes the `report` as one line of JSON to the socket and the process ends.
//!
//! Request and answer are those of `model_trace::wire`.
//!
//! The parent believes that line alone, and only together with an exit status of 0.

mod debugger;
pub mod linearizability;
pub mod model;
mod report;
mod request;
pub mod stress;

use model_trace::wire::{Engine, Request};
use report::Report;

/// Runs the check that the request on standard input names, reports, and ends the process.
///
/// `checks` are the functions of the suite by the names that the suite knows them by.
pub fn main(checks: &[(&'static str, fn())]) -> ! {
    let asked = match request::take() {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("this program runs one check for the grader and is not run by hand: {error}");
            #[expect(
                clippy::disallowed_methods,
                reason = "nothing has begun, and there is nobody to report to"
            )]
            std::process::exit(64);
        }
    };
    let Request { check: wanted, engine, seed, .. } = &asked.request;
    let report = match checks.iter().find(|(name, _)| name == wanted) {
        None => Report::unknown_check(wanted),
        Some(&(_, check)) => match engine {
            Engine::Stress => stress::run(check, *seed),
            Engine::Model => model::run(check, &asked),
        },
    };
    asked.answer(report)
}
