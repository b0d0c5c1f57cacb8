//! A thread polls instead of blocking until another thread wakes it.

use std::time::Duration;

use model_trace::{Operation, Received, Step, StepId, ThreadId};

use super::evidence::{Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, FailureKind, Recording, Role, Verb, in_submission, joined, value};

/// So many steps at the end show what a thread does over and over.
const LAST: usize = 120;
/// What a thread does so often in these is what it does over and over.
const ROUNDS: usize = 4;

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    if evidence.kind == FailureKind::TooManySteps {
        Some(Box::new(repeated(evidence).filter(|repeated| !starts_over(evidence, repeated))?))
    } else {
        Some(Box::new(sleep(evidence)?))
    }
}

/// A loop that sleeps for a while and checks again.
struct Sleep {
    thread: ThreadId,
    sleep: StepId,
    duration: Duration,
    /// Whether it is a `sleep`, and not a wait with a timeout.
    is_sleep: bool,
}

fn sleep(evidence: &Evidence<'_>) -> Option<Sleep> {
    evidence.steps().rev().find_map(|(id, step)| {
        let duration = if let Operation::Sleep { duration } = step.operation {
            duration
        } else if let Operation::TimedOut { .. } = step.operation {
            timed_out(evidence, id)?
        } else {
            return None;
        };
        let polls = in_submission(&step.place).is_some()
            && evidence.code.is_in_loop(&step.place)
            && goes_on(evidence, id, step);
        let is_sleep = matches!(step.operation, Operation::Sleep { .. });
        polls.then_some(Sleep { thread: step.thread, sleep: id, duration, is_sleep })
    })
}

/// Whether a thread may look once more after a wait that has timed out. One whose loop asks whether it has timed out, and
/// that is not seen to wait again, may have taken that for an answer.
fn goes_on(evidence: &Evidence<'_>, end: StepId, step: &Step) -> bool {
    let waits_again = || {
        let mut later = evidence.within(after(end)..evidence.over());
        later.any(|(id, later)| {
            later.thread == step.thread
                && (timeout(later.operation).is_some() || matches!(later.operation, Operation::Sleep { .. }))
                && evidence.may_be_one_call(end, id)
        })
    };
    !evidence.code.asks_for_timeout(&step.place) || waits_again()
}

/// How long the wait was that has ended by its timeout, if nothing has to be done by some time.
fn timed_out(evidence: &Evidence<'_>, end: StepId) -> Option<Duration> {
    let step = evidence.step(end);
    let mut before = evidence.within(StepId(0)..end).rev().filter(|(_, other)| other.thread == step.thread);
    let timeout = before.find_map(|(_, other)| timeout(other.operation))?;
    (!evidence.code.has_deadline(&step.place, evidence.called(end))).then_some(timeout)
}

/// The timeout of a wait that has one.
fn timeout(operation: Operation) -> Option<Duration> {
    if let Operation::Wait { timeout, .. } | Operation::Park { timeout } = operation { timeout } else { None }
}

/// Whether what is repeated is a wait with a timeout in a function that has to be done by some time: it does not poll,
/// it begins anew with its whole timeout.
fn starts_over(evidence: &Evidence<'_>, repeated: &Repeated) -> bool {
    repeated.round.iter().any(|id| {
        let step = evidence.step(*id);
        timeout(step.operation).is_some() && evidence.code.has_deadline(&step.place, evidence.called(*id))
    })
}

/// What a thread repeats at the end of an execution that has too many steps.
struct Repeated {
    thread: ThreadId,
    /// The step that is repeated most often.
    step: StepId,
    /// Everything that it repeats, each the last time.
    round: Vec<StepId>,
    /// Whether it blocks in between.
    blocks: bool,
}

fn repeated(evidence: &Evidence<'_>) -> Option<Repeated> {
    let first = evidence.recording.execution.steps.len().saturating_sub(LAST);
    let last: Vec<(StepId, &Step)> = evidence.steps().skip(first).collect();
    let is_same = |step: &Step, other: &Step| {
        let what = |step: &Step| (step.thread, Verb::of(step.operation));
        what(step) == what(other)
            && step.place.file == other.place.file
            && step.place.line == other.place.line
    };
    let count = |step: &Step| last.iter().filter(|(_, other)| is_same(step, other)).count();
    // Whoever is preempted now and then does not repeat that.
    let is_repeated =
        |(_, step): &&(StepId, &Step)| in_submission(&step.place).is_some() && count(step) >= ROUNDS;
    let (step, most) = last.iter().rev().filter(is_repeated).max_by_key(|(_, step)| count(step))?;
    let own = || last.iter().filter(is_repeated).filter(|(_, step)| step.thread == most.thread);
    let mut round: Vec<(StepId, &Step)> = Vec::new();
    for &(id, step) in own().rev() {
        if !round.iter().any(|(_, known)| is_same(known, step)) {
            round.push((id, step));
        }
    }
    round.reverse();
    Some(Repeated {
        thread: most.thread,
        step: *step,
        round: round.into_iter().map(|(id, _)| id).collect(),
        blocks: own().any(|(_, step)| blocks(step.operation)),
    })
}

/// Whether a thread that takes such a step uses no processor until it goes on.
fn blocks(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Wait { .. } | Operation::Arrive { .. } | Operation::Sleep { .. } | Operation::Park { .. }
    )
}

impl Finding for Sleep {
    fn steps(&self) -> Vec<Citation> {
        vec![cite(self.sleep, Role::Repeats)]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.sleep]
    }

    fn sentence(&self, recording: &Recording) -> String {
        format!(
            "{thread} polls: it checks, {waits} for {duration:?} {here}, and checks again. It notices a change too late, \
             and wakes up for nothing when there is none. Block until the thread that makes the change wakes it: \
             with a condition variable, a channel, or `park` and `unpark`.",
            thread = recording.thread(self.thread),
            waits = if self.is_sleep { "sleeps" } else { "waits" },
            duration = self.duration,
            here = recording.at(&recording.step(self.sleep).place),
        )
    }
}

impl Finding for Repeated {
    fn steps(&self) -> Vec<Citation> {
        self.round.iter().map(|step| cite(*step, Role::Repeats)).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.step]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let thread = recording.thread(self.thread);
        let mut places: Vec<_> = self.round.iter().map(|id| &recording.step(*id).place).collect();
        places.sort_by_key(|place| (&place.file, place.line));
        places.dedup_by_key(|place| (&place.file, place.line));
        let places: Vec<String> = places.into_iter().map(|place| recording.location(place)).collect();
        let places = joined(&places.iter().map(String::as_str).collect::<Vec<_>>());
        if self.blocks {
            return format!(
                "{thread} polls: it wakes up at {places} again and again without progress, and waits once more. Block \
                 until another thread has something for it: with a condition variable or a channel, without a \
                 timeout, and notified only when something has changed."
            );
        }
        let operation = recording.step(self.step).operation;
        if let Operation::Receive { channel, result: Received::NoSender, .. } = operation {
            return format!(
                "{thread} spins at {places}: `{call}` of {channel} returns at once, again and again, since no sender is left. \
                 Nothing more can arrive: that is what has to end the loop.",
                call = Verb::of(operation).as_str(),
                channel = recording.quoted(channel),
            );
        }
        let object = operation.object().map(|object| format!(" of {}", recording.quoted(object)));
        let result = value(operation, recording).map(|value| format!(", with the result {value}"));
        format!(
            "{thread} spins at {places}: `{call}`{object}{result}, again and again. Busy waiting occupies a processor \
             without progress. Block until another thread wakes it: with a condition variable, a channel, `park` and \
             `unpark`, or `join`.",
            call = Verb::of(operation).as_str(),
            object = object.unwrap_or_default(),
            result = result.unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{ObjectId, ObjectKind};

    use super::*;
    use crate::report::samples::{MAIN, T1, lock, recording, spawn, unlock};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn take(&self) {
    let mut state = self.state.lock().unwrap();
    loop {
        if let Some(item) = state.pop_front() { return Some(item); }
        let (back, timeout) = self.filled.wait_timeout(state, A_WHILE).unwrap();
        if timeout.timed_out() { return None; }
        state = back;
    }
}
";

    /// Whether `T1` polls that has waited for a while, and then takes these steps.
    fn polls(source: &str, then: &[(u32, Operation, u32)]) -> bool {
        let filled = ObjectId(1);
        let timeout = Some(Duration::from_millis(100));
        let before = [
            (MAIN, spawn(T1), 0),
            (T1, lock(0), 2),
            (T1, Operation::Wait { condvar: filled, timeout }, 5),
            (T1, unlock(0), 5),
            (T1, Operation::TimedOut { object: Some(filled) }, 5),
            (T1, lock(0), 5),
        ];
        let steps: Vec<_> = before.iter().chain(then).copied().collect();
        let mut recording =
            recording(&[("state", ObjectKind::Mutex), ("filled", ObjectKind::Condvar)], &steps);
        recording.functions = vec![Some("take".to_owned()); steps.len()];
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        diagnose(&Evidence::of(&recording, FailureKind::Assertion, &code)).is_some()
    }

    #[test]
    fn who_takes_its_timeout_for_an_answer_does_not_poll() {
        let ends = [(T1, unlock(0), 6)];
        assert!(!polls(SOURCE, &ends));
        let does_not_ask = SOURCE.replace("timeout.timed_out()", "self.stopped");
        assert!(polls(&does_not_ask, &ends));
        let again = Operation::Wait { condvar: ObjectId(1), timeout: Some(Duration::from_millis(100)) };
        assert!(polls(SOURCE, &[(T1, again, 5), (T1, unlock(0), 5)]));
    }
}
