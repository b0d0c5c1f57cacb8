//! A timed wait whose timeout is taken for the answer, although what it waited for may have come by then.

use model_trace::{ObjectId, Operation, Place, Step, StepId, ThreadId};

use crate::diagnosis::evidence::{Access, Evidence, after};
use crate::diagnosis::finding::{Finding, cite, the_call};
use crate::report::{Citation, Recording, Role, SourceLine};

struct Believed {
    thread: ThreadId,
    condvar: ObjectId,
    timed_out: StepId,
    /// What another thread did meanwhile, and that it notified the condition variable.
    change: Access,
    notifies: StepId,
    function: Option<String>,
    /// Where the timeout decides.
    decides: Place,
}

/// The last wait that times out, if the lock that it comes with protects what somebody else changed meanwhile, and told.
pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.steps().rev().find_map(|(timed_out, step)| {
        let Operation::TimedOut { object: Some(condvar) } = step.operation else { return None };
        let decides = evidence.code.believes_timeout(&step.place)?;
        let own = |(_, other): &(StepId, &Step)| other.thread == step.thread;
        let begins = |(_, other): &(StepId, &Step)| matches!(other.operation, Operation::Wait { condvar: on, .. } if on == condvar);
        let mut before = evidence.within(StepId(0)..timed_out).rev().filter(own);
        let (waits, _) = before.find(begins)?;
        let mut later = evidence.within(after(timed_out)..evidence.over()).filter(own);
        let lock = |operation| if let Operation::Acquire { lock, .. } = operation { Some(lock) } else { None };
        let (acquires, lock) = later.find_map(|(id, other)| Some((id, lock(other.operation)?)))?;
        let waits_again = later.filter(begins).any(|(id, _)| evidence.may_be_one_call(timed_out, id));
        if waits_again || !evidence.is_submitted(timed_out) {
            return None;
        }
        let told = evidence.notifications(condvar, waits..evidence.over());
        let (change, notifies) = evidence.accesses.iter().rev().find_map(|access| {
            let is_meanwhile = access.at > waits && access.at < acquires && access.object == lock;
            let is_change = access.thread != step.thread && access.writes && !access.leaves_all_as_it_was();
            let mut told = told.iter().filter(|id| evidence.step(**id).thread == access.thread);
            let notifies = *told.find(|id| evidence.may_be_one_call(access.at, **id))?;
            (is_meanwhile && is_change && evidence.is_submitted(access.at)).then_some((*access, notifies))
        })?;
        let function = evidence.called(timed_out).map(str::to_owned);
        let thread = step.thread;
        Some(Box::new(Believed { thread, condvar, timed_out, change, notifies, function, decides })
            as Box<dyn Finding>)
    })
}

impl Finding for Believed {
    fn steps(&self) -> Vec<Citation> {
        vec![
            cite(self.timed_out, Role::Checks),
            cite(self.change.written, Role::Intervenes),
            cite(self.notifies, Role::Notifies),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.timed_out]
    }

    fn first_line(&self) -> Option<SourceLine> {
        Some(SourceLine { file: self.decides.file.to_string(), line: self.decides.line })
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let thread = recording.thread(self.thread);
        let function = the_call(self.function.as_deref());
        format!(
            "{thread} waits on {condvar} {here} until its timeout has elapsed. Before it has the lock again, {other} {changes} \
             {data} {there}, which it announces by a notification of {condvar} {told}. {thread} does not look at that: {decides} \
             {function} takes the timeout for the answer, although what it waited for may have come: check-then-act. That a wait has timed out \
             says nothing about its condition. Check the condition once more, under the lock, before you give up.",
            condvar = recording.quoted(self.condvar),
            here = at(self.timed_out),
            other = recording.thread(self.change.thread),
            changes = self.change.changes(recording),
            data = recording.quoted(self.change.object),
            there = at(self.change.shown),
            told = at(self.notifies),
            decides = recording.at(&self.decides),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model_trace::ObjectKind;

    use super::*;
    use crate::report::samples::{MAIN, T1, lock_with, recording, replaces, spawn, unlock};
    use crate::report::{FailureKind, number};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn wait_timeout(&self, timeout: Duration) -> bool {
    let mut state = self.state.lock().unwrap();
    loop {
        let (guard, result) = self.happened.wait_timeout(state, left).unwrap();
        if result.timed_out() {
            return false;
        }
        state = guard;
    }
}
pub fn set(&self) {
    *self.state.lock().unwrap() = 1;
    self.happened.notify_all();
}
";

    const HAPPENED: ObjectId = ObjectId(1);

    /// `T1` waits until its time is over; what `main` does meanwhile; `T1` has the lock again.
    fn found(source: &str, meanwhile: &[(u32, Operation, u32)]) -> Option<Vec<(u64, Role)>> {
        let waits = Operation::Wait { condvar: HAPPENED, timeout: Some(Duration::from_millis(100)) };
        let timed_out = Operation::TimedOut { object: Some(HAPPENED) };
        let before = [(MAIN, spawn(T1), 0), (T1, lock_with(0, 0), 2), (T1, waits, 4), (T1, unlock(0), 4)];
        let after = [(T1, lock_with(0, 1), 4), (T1, unlock(0), 6)];
        let steps: Vec<_> =
            before.iter().chain(&[(T1, timed_out, 4)]).chain(meanwhile).chain(&after).copied().collect();
        let objects = [("state", ObjectKind::Mutex), ("happened", ObjectKind::Condvar)];
        let mut recording = recording(&objects, &steps);
        let function = |thread: u32| if thread == T1 { "wait_timeout" } else { "set" };
        recording.functions = steps.iter().map(|(thread, ..)| Some(function(*thread).to_owned())).collect();
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        let finding = diagnose(&Evidence::of(&recording, FailureKind::Assertion, &code))?;
        Some(finding.steps().iter().map(|cited| (number(cited.step), cited.role)).collect())
    }

    fn sets() -> [(u32, Operation, u32); 3] {
        let told = Operation::NotifyAll { condvar: HAPPENED, woken: 0 };
        [(MAIN, lock_with(0, 0), 12), (MAIN, replaces(0, 0, 1), 12), (MAIN, told, 13)]
    }

    #[test]
    fn what_came_before_the_lock_was_had_again_is_overlooked() {
        let cited = [(5, Role::Checks), (7, Role::Intervenes), (8, Role::Notifies)];
        assert_eq!(found(SOURCE, &sets()), Some(cited.to_vec()));
    }

    #[test]
    fn where_nothing_came_the_timeout_is_the_answer() {
        assert_eq!(found(SOURCE, &[]), None);
        // Nobody was told: it may be about something else.
        assert_eq!(found(SOURCE, &sets()[..2]), None);
    }

    #[test]
    fn who_looks_once_more_overlooks_nothing() {
        let looks = SOURCE.replace("return false", "return *guard == 1");
        assert_eq!(found(&looks, &sets()), None);
    }
}
