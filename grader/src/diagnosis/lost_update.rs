//! Two threads read the same value, and each wrote what it made of it: one of the two is gone.

use super::atomicity::{Torn, outdated};
use super::log::{Log, place};
use crate::report::{FailureKind, Step};

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    overwritten(log).or_else(|| given_up(log))
}

fn overwritten(log: &Log<'_>) -> Option<String> {
    let torn = outdated(log).filter(Torn::loses_an_update)?;
    let (read, other, write) =
        (log.step(torn.first.shown), log.step(torn.other.shown), log.step(torn.second.shown));
    let number = |value: Option<i128>| value.map(|value| format!(" {value}")).unwrap_or_default();
    Some(format!(
        "{thread} reads{old} from `{object}` at {here}. Before it writes, {intruder} writes{between} at {there}. Then \
         {thread} writes{new} at {back}, made of the value that it had read: what {intruder} wrote is lost. Reading \
         and writing must be one step: one lock around both, or one `fetch_add`.",
        thread = read.thread,
        object = torn.first.object,
        old = number(torn.first.found),
        here = place(read),
        intruder = other.thread,
        between = number(torn.other.left),
        there = place(other),
        new = number(torn.second.left),
        back = place(write),
    ))
}

const REPEAT: &str =
    "Look at the result, and repeat with the value that is there now: that is what a `fetch_add` does.";

fn fails(step: &Step) -> bool {
    let busy = step.operation == "try_lock" && step.value.as_deref() == Some("would block");
    busy || step.operation.starts_with("exchange fails")
}

/// An attempt failed, and the thread went on as if it had succeeded.
fn given_up(log: &Log<'_>) -> Option<String> {
    if log.failure.kind != FailureKind::Assertion {
        return None;
    }
    let failed = log.steps().iter().enumerate().rfind(|(position, step)| {
        let tries_again = || {
            log.steps()[position + 1..].iter().any(|later| {
                later.thread == step.thread && later.object == step.object && later.file.is_some()
            })
        };
        fails(step) && log.code.returns_nothing(step) && !tries_again()
    });
    let (_, step) = failed?;
    let object = step.object.as_deref()?;
    let (what, why, cure) = match step.operation.as_str() {
        "exchange fails" => ("compare_exchange", "another thread had changed it in the meantime", REPEAT),
        "try_lock" => ("try_lock", "another thread holds it", "Wait for the lock, with `lock`."),
        _ => ("compare_exchange_weak", "that may happen for no reason", REPEAT),
    };
    Some(format!(
        "{thread}'s `{what}` of `{object}` at {here} fails: {why}. {thread} does not try again, and its update is \
         lost. {cure}",
        thread = step.thread,
        here = place(step),
    ))
}
