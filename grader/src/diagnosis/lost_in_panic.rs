//! A thread panicked, and what it had taken was not given back while that unwound.

use model_trace::{ObjectId, Operation, Received, Step, StepId, ThreadId, Wait};

use super::evidence::{Access, Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

struct LostInPanic {
    /// Who panics.
    thread: ThreadId,
    /// The change that is not undone.
    taken: StepId,
    object: ObjectId,
    /// Whether it is a message.
    is_message: bool,
    panic: StepId,
    /// Who waits because of it, and where it begins to wait.
    waiter: ThreadId,
    waits: StepId,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let found = evidence.waiting().iter().find_map(|waiting| {
        let is_to_be_woken =
            matches!(waiting.wait, Wait::Notification { .. } | Wait::Park | Wait::Receive { .. });
        let waits = evidence.blocked(waiting.thread)?;
        if !is_to_be_woken || !evidence.is_submitted(waits) {
            return None;
        }
        if let Wait::Receive { channel } = waiting.wait {
            return message(evidence, channel, waiting.thread, waits);
        }
        let looked = looked(evidence, waiting.thread, waits)?;
        let taken = evidence.accesses.iter().rfind(|access| {
            access.object == looked.object
                && access.writes
                && !access.leaves_all_as_it_was()
                && !access.waits
                && access.end < looked.at
        })?;
        // It may have been itself, in an earlier call.
        let panic = panic_after(evidence, taken.thread, taken.at)?;
        let lost = LostInPanic {
            thread: taken.thread,
            taken: taken.last_use,
            object: taken.object,
            is_message: false,
            panic,
            waiter: waiting.thread,
            waits,
        };
        // Who may still unwind when it waits does not come too late: that is what unwinding does here. But what it takes again
        // in the same way it had taken before.
        let own = |id: StepId| evidence.step(id).thread == waiting.thread;
        let function = |id: StepId| evidence.code.function_of(evidence.place(id));
        let unwinds = taken.thread == waiting.thread
            && function(taken.shown) != function(waits)
            && evidence.within(after(panic)..waits).all(|(id, _)| !own(id) || evidence.is_submitted(id));
        let is_given_back = undoes(evidence, taken.object, panic);
        (evidence.is_submitted(taken.at) && !is_given_back && !unwinds).then_some(lost)
    });
    Some(Box::new(found?))
}

/// What a thread looked at last before it began to wait.
fn looked<'a>(evidence: &'a Evidence<'_>, thread: ThreadId, waits: StepId) -> Option<&'a Access> {
    evidence.accesses.iter().rfind(|access| {
        access.thread == thread && access.reads && access.at < waits && evidence.is_submitted(access.at)
    })
}

/// A message that was received and not sent on.
fn message(
    evidence: &Evidence<'_>,
    channel: ObjectId,
    waiter: ThreadId,
    waits: StepId,
) -> Option<LostInPanic> {
    let receives = |step: &Step| matches!(step.operation, Operation::Receive { channel: own, result: Received::Received, .. } if own == channel);
    let sends =
        |step: &Step| matches!(step.operation, Operation::Send { channel: own, .. } if own == channel);
    let (taken, step) =
        evidence.within(StepId(0)..evidence.over()).rev().find(|(_, step)| receives(step) || sends(step))?;
    if !receives(step) || !evidence.is_submitted(taken) {
        return None;
    }
    let panic = panic_after(evidence, step.thread, taken)?;
    Some(LostInPanic { thread: step.thread, taken, object: channel, is_message: true, panic, waiter, waits })
}

/// The first panic of a thread after a step.
fn panic_after(evidence: &Evidence<'_>, thread: ThreadId, since: StepId) -> Option<StepId> {
    let mut later = evidence.within(since..evidence.over());
    let panic = later.find(|(_, step)| step.thread == thread && step.operation == Operation::Panic);
    panic.map(|(id, _)| id)
}

/// Whether a thread changes the object after it has panicked.
fn undoes(evidence: &Evidence<'_>, object: ObjectId, panic: StepId) -> bool {
    let thread = evidence.step(panic).thread;
    evidence.accesses.iter().any(|access| {
        access.thread == thread && access.object == object && access.writes && access.end > panic
    })
}

impl Finding for LostInPanic {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.taken, Role::Changes), cite(self.panic, Role::Panics), cite(self.waits, Role::Waits)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.taken, self.waits]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let object = recording.quoted(self.object);
        let thread = recording.thread(self.thread);
        let (takes, undoes) = if self.is_message {
            (format!("takes a message from {object}"), "sends none back".to_owned())
        } else {
            (format!("{} {object}", recording.changes(self.taken)), format!("does not change {object} again"))
        };
        let waiter = if self.waiter == self.thread {
            "Later, it".to_owned()
        } else {
            recording.thread(self.waiter).to_owned()
        };
        format!(
            "{thread} {takes} {there}, and then panics {panics}. While that unwinds, it {undoes}: what it has taken is not \
             given back. {waiter} waits for that {here}, and nothing ends its wait. Give it back in a `Drop`, which also runs \
             while a panic unwinds.",
            there = at(self.taken),
            panics = at(self.panic),
            here = at(self.waits),
        )
    }
}
