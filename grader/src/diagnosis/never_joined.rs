//! Nobody waits for the end of a thread.

use super::log::{Log, place};
use crate::report::FailureKind;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    // In a deadlock nobody gets as far as that.
    if log.failure.kind != FailureKind::Assertion {
        return None;
    }
    let spawn = log.steps().iter().find(|step| {
        step.operation == "spawn"
            && step.file.is_some()
            && has_returned(log, &step.thread)
            && !log.steps().iter().any(|other| {
                other.object == step.object
                    && ["join", "waits for the end of"].contains(&other.operation.as_str())
            })
    })?;
    let thread = spawn.object.as_deref()?;
    Some(format!(
        "{parent} starts {thread} at {here}, and nobody waits for its end: whatever {thread} still had to do, the \
         others go on without it. Keep the handle and `join` it, or use `thread::scope`.",
        parent = spawn.thread,
        here = place(spawn),
    ))
}

/// Whether a thread is back in the check: it waits for nobody any more.
fn has_returned(log: &Log<'_>, thread: &str) -> bool {
    let last = log.steps().iter().rfind(|step| step.thread == thread);
    last.is_some_and(|step| step.file.is_none() && step.operation != "waits for the end of")
}
