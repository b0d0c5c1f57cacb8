//! A poisoned lock: a thread panicked while it held it, and the next one panics because of that.

use model_trace::history::CriticalSection;
use model_trace::{ObjectId, Operation, StepId, ThreadId};

use super::evidence::Evidence;
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission};

struct Poisoned {
    lock: ObjectId,
    /// The critical section in which a thread panicked.
    acquired: StepId,
    panic: StepId,
    /// Where the lock is acquired again, and the thread that does it panics.
    again: StepId,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let (again, lock) = unwrapped(evidence)?;
    let section = poisoning(evidence, lock, again)?;
    let panic = panic_within(evidence, section)?;
    Some(Box::new(Poisoned { lock, acquired: section.acquired, panic, again }))
}

/// The last panic in the submission, if it follows directly from acquiring a poisoned lock: that acquisition.
fn unwrapped(evidence: &Evidence<'_>) -> Option<(StepId, ObjectId)> {
    let panics = |thread: ThreadId, id: StepId| {
        let mut before = evidence.within(StepId(0)..id).rev();
        before.find(|(_, step)| step.thread == thread)
    };
    let (panic, step) = evidence
        .steps()
        .rev()
        .find(|(_, step)| step.operation == Operation::Panic && in_submission(&step.place).is_some())?;
    let (again, before) = panics(step.thread, panic)?;
    if let Operation::Acquire { lock, poisoned: true, .. } = before.operation {
        Some((again, lock))
    } else {
        None
    }
}

/// The critical section whose end poisoned the lock, before it was acquired again.
fn poisoning<'a>(evidence: &'a Evidence<'_>, lock: ObjectId, again: StepId) -> Option<&'a CriticalSection> {
    let poisons = |released: StepId| {
        matches!(evidence.step(released).operation, Operation::Release { poisons: true, .. })
    };
    evidence.sections.iter().find(|section| {
        section.lock == lock && section.released.is_some_and(|released| released < again && poisons(released))
    })
}

fn panic_within(evidence: &Evidence<'_>, section: &CriticalSection) -> Option<StepId> {
    let mut within = evidence.within(section.acquired..section.released?).rev();
    let panic = within.find(|(_, step)| step.thread == section.thread && step.operation == Operation::Panic);
    panic.map(|(id, _)| id)
}

impl Finding for Poisoned {
    fn steps(&self) -> Vec<Citation> {
        vec![
            cite(self.acquired, Role::Acquires),
            cite(self.panic, Role::Panics),
            cite(self.again, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.acquired, self.again]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let [acquired, panic, again] = [self.acquired, self.panic, self.again].map(|id| recording.step(id));
        format!(
            "{thread} panics {here} while it holds {lock}, acquired at {there}: that poisons the lock. {other} \
             acquires it {back}, gets an error, and panics in turn. Either nothing panics in the critical section, or \
             `lock().unwrap_or_else(PoisonError::into_inner)` takes the data as they are.",
            thread = recording.thread(panic.thread),
            here = recording.at(&panic.place),
            lock = recording.quoted(self.lock),
            there = recording.location(&acquired.place),
            other = recording.thread(again.thread),
            back = recording.at(&again.place),
        )
    }
}
