//! A timed wait that is given up at the first spurious wakeup, before its time is over.

use model_trace::{ObjectKind, Operation, StepId, ThreadId};

use super::{Reason, begins_to_wait};
use crate::diagnosis::evidence::Evidence;

/// Whether a thread that wakes up spuriously ends its call as if its time were over. It is sure where nobody has changed
/// anything since it began to wait, it changes nothing itself, and waits for no more; and where it looks at the clock,
/// that does not say so either.
pub(super) fn gives_up(evidence: &Evidence<'_>, woken: StepId, thread: ThreadId) -> Option<Reason> {
    let own = || evidence.steps().filter(|(_, step)| step.thread == thread);
    let (wait, timeout) = own().filter(|(id, _)| *id < woken).rev().find_map(|(id, step)| {
        let timed = match step.operation {
            Operation::Wait { timeout, .. } | Operation::Park { timeout } => Some(timeout),
            _ => None,
        };
        timed.map(|timeout| (id, timeout))
    })?;
    let timeout = timeout?;
    // A call that may be given up has been given a time.
    if !evidence.code.has_deadline(evidence.place(wait), evidence.called(wait)) {
        return None;
    }
    let rest: Vec<_> = own()
        .filter(|(id, _)| *id > woken)
        .take_while(|(id, _)| evidence.is_submitted(*id) && evidence.may_be_one_call(woken, *id))
        .collect();
    let (last, _) = *rest.last()?;
    let goes_on = own().any(|(id, _)| id > last);
    let is_joined = || evidence.steps().any(|(_, step)| step.operation == Operation::Join { thread });
    let waits_again = rest.iter().any(|(_, step)| begins_to_wait(step.operation));
    let panics = rest.iter().any(|(_, step)| step.operation == Operation::Panic);
    let changed = evidence.accesses.iter().any(|access| {
        // To put down in a cell that the time is over is how it gives up.
        let is_cell = evidence.kind_of(access.object) == ObjectKind::Once;
        let is_own = access.thread == thread && access.at > woken && !is_cell && evidence.has_changed(access);
        let by_another = access.thread != thread && access.writes && !access.leaves_all_as_it_was();
        (is_own || by_another) && access.end > wait && access.at <= last
    });
    if waits_again || panics || changed || !(goes_on || is_joined()) {
        return None;
    }
    let clock = |operation| if let Operation::Now { time, .. } = operation { Some(time) } else { None };
    let before = own().filter(|(id, _)| *id < wait).rev().find_map(|(_, step)| clock(step.operation));
    let later = rest.iter().find_map(|(_, step)| clock(step.operation));
    let is_over = before.zip(later).is_some_and(|(before, later)| before + timeout <= later);
    (!is_over && (later.is_none() || before.is_some()))
        .then_some(Reason::GivesUp { timeout, looks_at_the_clock: later.is_some() })
}
