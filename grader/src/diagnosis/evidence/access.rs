//! What threads do to data that others see.

use model_trace::{ObjectId, Operation, Step, StepId, ThreadId, Word};

use crate::report::Recording;

/// Something that a thread did to data that others see: one step on an atomic, or one critical section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnosis) struct Access {
    pub thread: ThreadId,
    pub object: ObjectId,
    /// The step; of a critical section, the one that acquires the lock.
    pub at: StepId,
    /// The step with which it is over; the one after the last, if it is not.
    pub end: StepId,
    /// The step that says where in the source it is. A lock may be acquired by a helper; then the last use of
    /// the guard tells more.
    pub shown: StepId,
    /// The step at the last use of the data: of a critical section, the one that releases the lock.
    pub last_use: StepId,
    /// The step at the same line that shows what it wrote.
    pub written: StepId,
    pub reads: bool,
    pub writes: bool,
    /// Whether it is sure that the data are others after it.
    pub changes: bool,
    /// The number that it found, and the one that it left.
    pub found: Option<i128>,
    pub left: Option<i128>,
    pub in_section: bool,
    /// Whether it ends by waiting at a condition variable.
    pub waits: bool,
}

impl Access {
    /// What it does to its data, for a sentence: whether they are others after it, the type need not tell.
    pub(in crate::diagnosis) fn changes(&self, recording: &Recording) -> &'static str {
        recording.changes(self.last_use)
    }

    /// Whether it is sure that what it wrote was there before: whoever looks again sees no difference.
    pub(in crate::diagnosis) fn leaves_all_as_it_was(&self) -> bool {
        self.found.is_some() && self.found == self.left
    }
}

/// The end of an initialisation: from here on others find what is in a cell.
pub(super) fn of_cell(id: StepId, step: &Step) -> Option<Access> {
    let Operation::Initialised { once, poisoned: false } = step.operation else { return None };
    Some(Access { writes: true, changes: true, ..of_step(id, step.thread, once) })
}

/// An access to an atomic. A failed exchange reads what it finds.
pub(super) fn of_atomic(id: StepId, step: &Step) -> Option<Access> {
    let (atomic, found, left) = if let Operation::Load { atomic, value, .. }
    | Operation::ExchangeFailed { atomic, found: value, .. } = step.operation
    {
        (atomic, Some(value), None)
    } else if let Operation::Store { atomic, value, .. } = step.operation {
        (atomic, None, Some(value))
    } else if let Operation::Update { atomic, old, new, .. } = step.operation {
        (atomic, Some(old), Some(new))
    } else {
        return None;
    };
    Some(Access {
        reads: found.is_some(),
        writes: left.is_some(),
        changes: left.is_some() && left != found,
        found: found.and_then(Word::number),
        left: left.and_then(Word::number),
        ..of_step(id, step.thread, atomic)
    })
}

/// One step, as long as nothing is said of what it does.
fn of_step(id: StepId, thread: ThreadId, object: ObjectId) -> Access {
    Access {
        thread,
        object,
        at: id,
        end: id,
        shown: id,
        last_use: id,
        written: id,
        reads: false,
        writes: false,
        changes: false,
        found: None,
        left: None,
        in_section: false,
        waits: false,
    }
}
