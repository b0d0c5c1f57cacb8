//! A thread whose wait for a message has timed out acts on that, without looking at what has come since.

use model_trace::{ObjectId, Operation, Received, Sent, StepId, ThreadId};

use crate::diagnosis::evidence::{Access, Evidence, after};
use crate::diagnosis::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

struct Unread {
    thread: ThreadId,
    channel: ObjectId,
    timed_out: StepId,
    sent: StepId,
    acts: Access,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.steps().rev().find_map(|(timed_out, step)| {
        let Operation::Receive { channel, result: Received::TimedOut, .. } = step.operation else {
            return None;
        };
        let is_own = |id: &StepId| evidence.step(*id).thread == step.thread;
        let mut later = evidence.within(after(timed_out)..evidence.over());
        let (sent, _) = later.find(|(id, later)| {
            let sends = matches!(
                later.operation,
                Operation::Send { channel: other, result: Sent::Sent, .. } if other == channel
            );
            sends && !is_own(id) && evidence.is_submitted(*id)
        })?;
        let acts = evidence.accesses.iter().find(|access| {
            access.thread == step.thread
                && access.at > sent
                && access.writes
                && evidence.is_submitted(access.at)
                && evidence.may_be_one_call(timed_out, access.at)
        })?;
        let receives = |operation: Operation| {
            matches!(operation, Operation::Receive { channel: other, .. } if other == channel)
        };
        let end = acts.last_use.max(acts.at);
        let looks_again = evidence
            .within(after(timed_out)..after(end))
            .any(|(id, later)| is_own(&id) && receives(later.operation));
        let unread = Unread { thread: step.thread, channel, timed_out, sent, acts: *acts };
        (evidence.is_submitted(timed_out) && !looks_again).then(|| Box::new(unread) as Box<dyn Finding>)
    })
}

impl Finding for Unread {
    fn steps(&self) -> Vec<Citation> {
        vec![
            cite(self.timed_out, Role::Checks),
            cite(self.sent, Role::Intervenes),
            cite(self.acts.written, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.acts.shown, self.timed_out]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id| recording.at(&recording.step(id).place);
        format!(
            "{thread} waits for a message from {channel} {here} until its timeout has elapsed. Then {other} sends one {there}. \
             When {thread} {changes} {acted} {back}, it has not looked at {channel} again, and acts as if nothing had come: \
             check-then-act. Look once more in the critical section in which you act.",
            changes = self.acts.changes(recording),
            thread = recording.thread(self.thread),
            channel = recording.quoted(self.channel),
            here = at(self.timed_out),
            other = recording.thread(recording.step(self.sent).thread),
            there = at(self.sent),
            acted = recording.quoted(self.acts.object),
            back = at(self.acts.shown),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{ObjectKind, ReceiveCall, SendCall};

    use super::*;
    use crate::report::samples::{MAIN, T1, lock_with, recording, replaces, spawn};
    use crate::report::{FailureKind, number};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn wait_timeout(&self) {
    if told.recv_timeout(timeout).is_ok() { return true; }
    if told.try_recv().is_ok() { return true; }
    *self.open.lock().unwrap() = 0;
}
pub fn arrive(&self) {
    guest.send(true);
}
";

    /// `T1` times out, `main` sends what it waited for, and `T1` changes something, after `more`.
    fn found(more: &[(u32, Operation, u32)]) -> Option<Vec<(u64, Role)>> {
        let told = ObjectId(0);
        let receive = |call, result| Operation::Receive { channel: told, call, result };
        let sends = Operation::Send { channel: told, call: SendCall::Send, result: Sent::Sent };
        let before = [
            (MAIN, spawn(T1), 0),
            (T1, receive(ReceiveCall::RecvTimeout, Received::TimedOut), 2),
            (MAIN, sends, 7),
        ];
        let acts = [(T1, lock_with(1, 1), 4), (T1, replaces(1, 1, 0), 4)];
        let steps: Vec<_> = before.iter().chain(more).chain(&acts).copied().collect();
        let mut recording = recording(&[("told", ObjectKind::Channel), ("open", ObjectKind::Mutex)], &steps);
        let function = |thread: u32| if thread == T1 { "wait_timeout" } else { "arrive" };
        recording.functions = steps.iter().map(|(thread, ..)| Some(function(*thread).to_owned())).collect();
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        let finding = diagnose(&Evidence::of(&recording, FailureKind::Assertion, &code))?;
        Some(finding.steps().iter().map(|cited| (number(cited.step), cited.role)).collect())
    }

    #[test]
    fn what_came_after_the_timeout_is_overlooked() {
        let cited = [(2, Role::Checks), (3, Role::Intervenes), (5, Role::Acts)];
        assert_eq!(found(&[]), Some(cited.to_vec()));
    }

    #[test]
    fn who_looks_once_more_overlooks_nothing() {
        let told = ObjectId(0);
        let looks =
            Operation::Receive { channel: told, call: ReceiveCall::TryRecv, result: Received::Received };
        assert_eq!(found(&[(T1, looks, 3)]), None);
    }
}
