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
        let takes = |access: &&Access| {
            access.object == looked.object && access.writes && !access.leaves_all_as_it_was() && !access.waits
        };
        let before = evidence.accesses.iter().rfind(|access| takes(access) && access.end < looked.at);
        // Or one that calls the same has been faster, while this one waits.
        let called = evidence.called(waits);
        let is_faster = |access: &&Access| {
            access.thread != waiting.thread
                && access.at > waits
                && called.is_some()
                && evidence.called(access.shown) == called
        };
        let faster = evidence.accesses.iter().rfind(takes).filter(is_faster);
        [faster, before].into_iter().flatten().find_map(|taken| lost(evidence, waiting.thread, waits, taken))
    });
    Some(Box::new(found?))
}

/// What has been taken and not given back, if who has taken it panicked.
fn lost(evidence: &Evidence<'_>, waiter: ThreadId, waits: StepId, taken: &Access) -> Option<LostInPanic> {
    // It may have been itself, in an earlier call.
    let panic = panic_after(evidence, taken.thread, taken.at)?;
    // Who may still unwind when it waits does not come too late: that is what unwinding does here. But what it takes again
    // in the same way it had taken before.
    let own = |id: StepId| evidence.step(id).thread == waiter;
    let function = |id: StepId| evidence.code.function_of(evidence.place(id));
    let unwinds = taken.thread == waiter
        && function(taken.shown) != function(waits)
        && evidence.within(after(panic)..waits).all(|(id, _)| !own(id) || evidence.is_submitted(id));
    let is_given_back = undoes(evidence, taken.object, panic);
    (evidence.is_submitted(taken.at) && !is_given_back && !unwinds).then_some(LostInPanic {
        thread: taken.thread,
        taken: taken.last_use,
        object: taken.object,
        is_message: false,
        panic,
        waiter,
        waits,
    })
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

#[cfg(test)]
mod tests {
    use model_trace::history::Ending;
    use model_trace::{ObjectKind, Waiting};

    use crate::diagnosis::diagnose;
    use crate::report::samples::{MAIN, T1, lock_with, place, recording, replaces, unlock};
    use crate::report::{Diagnosis, FailureKind, Mistake};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    use super::*;

    const SOURCE: &str = "pub fn acquire(&self) {
    let mut count = self.count.lock().unwrap();
    count = self.changed.wait(count).unwrap();
}
";
    const COUNT: u32 = 0;
    const CHANGED: ObjectId = ObjectId(1);
    const WAITS: Operation = Operation::Wait { condvar: CHANGED, timeout: None };

    /// `main` calls `acquire` and waits to the end, and `T1` calls another function, or the same.
    fn diagnosed(steps: &[(u32, Operation, u32)], called: &str) -> Option<Diagnosis> {
        let mut recording =
            recording(&[("count", ObjectKind::Mutex), ("changed", ObjectKind::Condvar)], steps);
        let function = |thread: u32| if thread == MAIN { "acquire" } else { called };
        let functions =
            steps.iter().map(|(thread, _, line)| (*line > 0).then(|| function(*thread).to_owned()));
        recording.functions = functions.collect();
        let wait = Wait::Notification { condvar: CHANGED };
        recording.execution.waiting = vec![Waiting { thread: ThreadId(MAIN), wait, place: place(3) }];
        recording.ending = Ending::Complete;
        diagnose(
            &recording,
            FailureKind::Deadlock,
            &Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)])),
        )
    }

    #[test]
    fn what_is_taken_before_a_panic_and_not_given_back_is_awaited_in_vain() {
        let mut steps = vec![
            (T1, lock_with(COUNT, 0), 2),
            (T1, replaces(COUNT, 0, 1), 2),
            (MAIN, lock_with(COUNT, 1), 2),
            (MAIN, WAITS, 3),
            (MAIN, unlock(COUNT), 3),
            (T1, Operation::Panic, 0),
        ];
        let lost = diagnosed(&steps, "enter").expect("a diagnosis");
        assert_eq!(lost.kind, Mistake::LostInPanic);
        assert!(
            lost.message.starts_with("T1 changes `count` at line 2, and then panics"),
            "{}",
            lost.message
        );
        steps.extend([(T1, lock_with(COUNT, 1), 3), (T1, replaces(COUNT, 1, 0), 3)]);
        assert_ne!(diagnosed(&steps, "enter").map(|diagnosis| diagnosis.kind), Some(Mistake::LostInPanic));
    }

    #[test]
    fn what_another_one_takes_while_one_waits_and_loses_in_a_panic_is_awaited_in_vain() {
        let steps = [
            (MAIN, lock_with(COUNT, 1), 2),
            (MAIN, WAITS, 3),
            (MAIN, unlock(COUNT), 3),
            (T1, lock_with(COUNT, 0), 2),
            (T1, replaces(COUNT, 0, 1), 2),
            (T1, Operation::Panic, 0),
        ];
        let kind = |called| diagnosed(&steps, called).map(|diagnosis| diagnosis.kind);
        assert_eq!(kind("acquire"), Some(Mistake::LostInPanic));
        // Who calls something else may have given it.
        assert_ne!(kind("release"), Some(Mistake::LostInPanic));
    }
}
