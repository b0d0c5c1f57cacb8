//! A thread took a wake-up as proof that its condition holds.
//!
//! `std` promises less: a wait may end for no reason, and between a notification and the lock anybody else
//! may come in.

use super::log::{Log, begins_to_wait, place};
use crate::report::Step;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let wakes = (0..log.steps().len()).rev().filter(|&position| wakes(log.step(position)));
    wakes.into_iter().find_map(|wake| after(log, wake))
}

fn wakes(step: &Step) -> bool {
    ["woken", "unparked", "wakes up for no reason"].contains(&step.operation.as_str()) && step.file.is_some()
}

fn after(log: &Log<'_>, wake: usize) -> Option<String> {
    let step = log.step(wake);
    let thread = &step.thread;
    if log.code.rechecks(step) && !panics_next(log, wake) {
        return None;
    }
    let here = place(step);
    let wait = match &step.object {
        Some(condvar) => format!("waits at `{condvar}` ({here})"),
        None => format!("parks ({here})"),
    };
    let reason = if step.operation == "wakes up for no reason" {
        "and wakes up for no reason, as `std` allows".to_owned()
    } else {
        let thief = thief(log, wake)?;
        format!(
            "and is woken; but before it has the lock again, {} comes in at {} and takes what there was",
            thief.thread,
            place(thief)
        )
    };
    Some(format!(
        "{thread} {wait} {reason}. It goes on as if its condition held now: nothing looks at the condition again. \
         A wait belongs into a loop, `while !condition {{ … wait … }}`, or is a `wait_while`."
    ))
}

/// Who changed the data between the notification and the moment in which the woken thread has the lock.
fn thief<'a>(log: &Log<'a>, wake: usize) -> Option<&'a Step> {
    let step = log.step(wake);
    let wait = (0..wake).rfind(|&position| {
        let earlier = log.step(position);
        earlier.thread == step.thread && (begins_to_wait(earlier) || earlier.operation == "park")
    })?;
    let notified = match &step.object {
        Some(condvar) => log.notifications(condvar, wait..wake).into_iter().next()?,
        None => wait,
    };
    let others = log.accesses();
    let stolen = others.iter().find(|access| {
        access.thread != step.thread && access.writes && access.at > notified && access.at < wake
    })?;
    Some(log.step(stolen.at))
}

/// Whether a thread that woke up for no reason did not find what it had waited for, and panicked: whatever
/// loop it is in, that one did not look at the condition.
fn panics_next(log: &Log<'_>, wake: usize) -> bool {
    let step = log.step(wake);
    let mut next = log.steps()[wake + 1..].iter().filter(|later| later.thread == step.thread);
    let end =
        next.find(|later| begins_to_wait(later) || ["park", "panics"].contains(&later.operation.as_str()));
    step.operation == "wakes up for no reason" && end.is_some_and(|end| end.operation == "panics")
}
