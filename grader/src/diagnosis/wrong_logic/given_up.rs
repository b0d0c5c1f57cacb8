//! A call that is given no time, and whose wait ends after one of its own choosing.

use std::time::Duration;

use model_trace::{Operation, StepId, ThreadId};

use crate::diagnosis::evidence::{Evidence, after};
use crate::diagnosis::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

struct GivenUp {
    thread: ThreadId,
    waits: StepId,
    timeout: Duration,
    timed_out: StepId,
    function: Option<String>,
}

/// The last wait of a caller that times out, after which the call neither waits again nor changes anything.
pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.steps().rev().find_map(|(timed_out, step)| {
        let Operation::TimedOut { .. } = step.operation else { return None };
        let asks = evidence.is_submitted(timed_out) && evidence.code.asks_for_timeout(&step.place);
        let has_deadline = evidence.code.has_deadline(&step.place, evidence.called(timed_out));
        if !asks || has_deadline || !evidence.is_a_caller(step.thread) {
            return None;
        }
        let own = |(_, other): &(StepId, &model_trace::Step)| other.thread == step.thread;
        let timeout = |operation| {
            if let Operation::Wait { timeout, .. } | Operation::Park { timeout } = operation {
                timeout
            } else {
                None
            }
        };
        let mut before = evidence.within(StepId(0)..timed_out).rev().filter(own);
        let (waits, timeout) = before.find_map(|(id, other)| Some((id, timeout(other.operation)?)))?;
        let of_the_call = |id: StepId| evidence.is_submitted(id) && evidence.may_be_one_call(timed_out, id);
        let mut later = evidence.within(after(timed_out)..evidence.over()).filter(own);
        let waits_again = later.any(|(id, other)| {
            of_the_call(id) && matches!(other.operation, Operation::Wait { .. } | Operation::Park { .. })
        });
        let changes = evidence.accesses.iter().any(|access| {
            access.thread == step.thread && access.at > timed_out && access.changes && of_the_call(access.at)
        });
        let function = evidence.called(timed_out).map(str::to_owned);
        let given_up = GivenUp { thread: step.thread, waits, timeout, timed_out, function };
        (!waits_again && !changes).then(|| Box::new(given_up) as Box<dyn Finding>)
    })
}

impl Finding for GivenUp {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.waits, Role::Waits), cite(self.timed_out, Role::GivesUp)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.waits]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let function = match &self.function {
            Some(function) => format!("`{function}`"),
            None => "its call".to_owned(),
        };
        format!(
            "{thread} waits for {timeout:?} {here}. That time elapses, and {thread} does not wait any longer: {function} takes \
             that for an answer, although it is given no time by which it has to be done. Wait without a timeout, until what \
             it waits for has come.",
            thread = recording.thread(self.thread),
            timeout = self.timeout,
            here = recording.at(&recording.step(self.waits).place),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{ObjectId, ObjectKind};

    use super::*;
    use crate::report::FailureKind;
    use crate::report::samples::{MAIN, T1, lock, recording, spawn, unlock};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn take(&self) -> Option<T> {
    let state = self.state.lock().unwrap();
    let (state, timeout) = self.filled.wait_timeout(state, A_WHILE).unwrap();
    if timeout.timed_out() { None } else { state.pop() }
}
";

    /// The lines that are to be mended where `T1` waits in `take` until its time is over.
    fn lines(source: &str) -> Option<Vec<u32>> {
        let filled = ObjectId(1);
        let timeout = Some(Duration::from_millis(100));
        let steps = [
            (MAIN, spawn(T1), 0),
            (T1, lock(0), 2),
            (T1, Operation::Wait { condvar: filled, timeout }, 3),
            (T1, unlock(0), 3),
            (T1, Operation::TimedOut { object: Some(filled) }, 3),
            (T1, lock(0), 3),
            (T1, unlock(0), 4),
        ];
        let objects = [("state", ObjectKind::Mutex), ("filled", ObjectKind::Condvar)];
        let mut recording = recording(&objects, &steps);
        recording.functions = vec![Some("take".to_owned()); steps.len()];
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        let evidence = Evidence::of(&recording, FailureKind::Assertion, &code);
        let finding = diagnose(&evidence)?;
        Some(finding.to_mend().into_iter().map(|step| recording.step(step).place.line).collect())
    }

    #[test]
    fn who_is_given_no_time_has_to_wait_until_it_is_woken() {
        assert_eq!(lines(SOURCE), Some(vec![3]));
        let timed = SOURCE.replace("take(&self)", "take(&self, within: Duration)");
        assert_eq!(lines(&timed), None);
    }
}
