//! A thread took a wakeup as proof that its condition holds.
//!
//! `std` promises less: a wait may end spuriously, and between a notification and the reacquisition of the
//! lock any other thread may acquire it.

mod early;

use std::time::Duration;

use model_trace::{ObjectId, Operation, Step, StepId, ThreadId};

use super::evidence::{Access, Evidence};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

struct MissingRecheck {
    thread: ThreadId,
    /// `None`: it is parked.
    condvar: Option<ObjectId>,
    woken: StepId,
    reason: Reason,
    /// Whether a loop, or a `wait_while`, contains the wait.
    is_in_loop: bool,
}

/// Why the condition need not hold.
enum Reason {
    Spurious,
    /// Another thread changed the data before the woken one went on.
    Changed(Access),
    /// It wakes up spuriously from a timed wait, finds what it had found, and does not wait for the rest of the time.
    GivesUp {
        timeout: Duration,
        looks_at_the_clock: bool,
    },
    /// What it had looked at before it began to wait is still as it was when another thread wakes it.
    StillSo {
        waker: StepId,
        looked: StepId,
    },
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let found = evidence.steps().rev().find_map(|(id, step)| after(evidence, id, step))?;
    Some(Box::new(found))
}

/// What ends a wait: the condition variable, if it is one, and whether it is spurious.
fn wakeup(operation: Operation) -> Option<(Option<ObjectId>, bool)> {
    if let Operation::Notified { condvar } = operation {
        Some((Some(condvar), false))
    } else if operation == Operation::Unparked {
        Some((None, false))
    } else if let Operation::SpuriousWakeup { object } = operation {
        Some((object, true))
    } else {
        None
    }
}

fn after(evidence: &Evidence<'_>, woken: StepId, step: &Step) -> Option<MissingRecheck> {
    let (condvar, spurious) = wakeup(step.operation)?;
    in_submission(&step.place)?;
    let is_in_loop = evidence.code.rechecks(&step.place);
    let gives_up = if spurious { early::gives_up(evidence, woken, step.thread) } else { None };
    if is_in_loop && gives_up.is_none() && !panics_next(evidence, woken, step.thread, spurious) {
        return None;
    }
    let reason = match gives_up {
        Some(reason) => reason,
        None if spurious => Reason::Spurious,
        None => despite_the_wakeup(evidence, woken, step.thread, condvar)?,
    };
    // A loop has looked again. That it has not looked at what matters shows where that was changed.
    if is_in_loop && matches!(reason, Reason::StillSo { .. }) {
        return None;
    }
    Some(MissingRecheck { thread: step.thread, condvar, woken, reason, is_in_loop })
}

fn begins_to_wait(operation: Operation) -> bool {
    matches!(operation, Operation::Wait { .. } | Operation::Park { .. })
}

/// Why the condition need not hold although another thread has woken this one.
fn despite_the_wakeup(
    evidence: &Evidence<'_>,
    woken: StepId,
    thread: ThreadId,
    condvar: Option<ObjectId>,
) -> Option<Reason> {
    let mut before = evidence.within(StepId(0)..woken).rev();
    let (wait, _) = before.find(|(_, step)| step.thread == thread && begins_to_wait(step.operation))?;
    let notified = match condvar {
        Some(condvar) => Some(evidence.notifications(condvar, wait..woken).first().copied()?),
        None => None,
    };
    let others = |since: StepId| {
        let others = evidence
            .accesses
            .iter()
            .filter(move |access| access.thread != thread && access.writes && !access.leaves_all_as_it_was());
        others.filter(move |access| access.at > since && access.at < woken)
    };
    if let Some(change) = others(notified.unwrap_or(wait)).next() {
        return Some(Reason::Changed(*change));
    }
    let waker = notified.or_else(|| {
        // A token may be older than the wait.
        let mut earlier = evidence.within(StepId(0)..woken).rev();
        earlier.find(|(_, step)| step.operation == Operation::Unpark { thread }).map(|(id, _)| id)
    })?;
    let looked = evidence.accesses.iter().rfind(|access| {
        access.thread == thread && access.reads && access.at < wait && evidence.is_submitted(access.at)
    })?;
    let is_of_the_call = evidence.may_be_one_call(looked.at, wait);
    let is_changed = others(looked.at).any(|access| access.object == looked.object);
    (is_of_the_call && !is_changed).then_some(Reason::StillSo { waker, looked: looked.shown })
}

/// Whether a thread that woke up did not find what it had waited for, and panicked before it was back in the check: whatever
/// loop it is in, that one did not check the condition. Where it was not woken `spuriously`, that is sure before it has
/// released the lock: later it may have another reason.
fn panics_next(evidence: &Evidence<'_>, woken: StepId, thread: ThreadId, spuriously: bool) -> bool {
    let leaves = |operation| !spuriously && matches!(operation, Operation::Release { .. });
    let ends = |operation| begins_to_wait(operation) || leaves(operation) || operation == Operation::Panic;
    let mut next = evidence.within(woken..evidence.over()).skip(1).filter(|(_, step)| step.thread == thread);
    let end = next.find(|(id, step)| ends(step.operation) || !evidence.is_submitted(*id));
    end.is_some_and(|(id, step)| step.operation == Operation::Panic && evidence.is_submitted(id))
}

impl Finding for MissingRecheck {
    fn steps(&self) -> Vec<Citation> {
        let woken = cite(self.woken, Role::Wakes);
        match self.reason {
            Reason::Spurious | Reason::GivesUp { .. } => vec![woken],
            Reason::Changed(change) => vec![cite(change.at, Role::Intervenes), woken],
            Reason::StillSo { looked, .. } => vec![cite(looked, Role::Checks), woken],
        }
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.woken]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let thread = recording.thread(self.thread);
        let here = recording.at(&recording.step(self.woken).place);
        let wait = match self.condvar {
            Some(condvar) => format!("waits on {} {here}", recording.quoted(condvar)),
            None => format!("parks {here}"),
        };
        let reason = match self.reason {
            Reason::Spurious => "and wakes up spuriously, as `std` allows".to_owned(),
            Reason::GivesUp { timeout, looks_at_the_clock } => {
                let why = if looks_at_the_clock {
                    "that time is not over yet by the clock that it looks at"
                } else {
                    "it has not looked at the clock, which would say whether that time is over"
                };
                return format!(
                    "{thread} {wait} for up to {timeout:?}, and wakes up spuriously, as `std` allows. No other thread has \
                     changed anything since, and {thread} does not wait for the rest of that time: it gives up early, \
                     {why}. After each wakeup, wait on until the condition holds or the deadline has passed: a deadline \
                     that is computed once, when the call begins."
                );
            }
            Reason::Changed(change) => {
                let step = recording.step(change.at);
                let (other, there) = (recording.thread(step.thread), recording.at(&step.place));
                let object = step.operation.object().map(|object| recording.quoted(object));
                let object = object.unwrap_or_else(|| "the data".to_owned());
                let changes = change.changes(recording);
                let (woken, moment) = match self.condvar {
                    Some(_) => ("notified", "it has the lock again"),
                    None => ("unparked", "it goes on"),
                };
                format!("and is {woken}; but before {moment}, {other} {changes} {object} {there}")
            }
            Reason::StillSo { waker, looked } => {
                let (waker, look) = (recording.step(waker), recording.step(looked));
                let object = look.operation.object().map(|object| recording.quoted(object));
                format!(
                    "and is {woken} by {other} {there}; but {object} is still as it was when it looked {before}",
                    woken = if self.condvar.is_some() { "notified" } else { "unparked" },
                    other = recording.thread(waker.thread),
                    there = recording.at(&waker.place),
                    object = object.unwrap_or_else(|| "the data".to_owned()),
                    before = recording.at(&look.place),
                )
            }
        };
        let unchecked = if self.is_in_loop {
            "It goes on as if its condition held, and panics: the loop around the wait does not check it"
        } else {
            "It goes on as if its condition held: no loop around the wait checks it again"
        };
        format!(
            "{thread} {wait} {reason}. {unchecked}. A wait belongs in a loop, `while !condition {{ … wait … }}`, or is a \
             `wait_while`."
        )
    }
}

#[cfg(test)]
mod tests;
