//! A count that goes below zero: what it counts could be taken away before it was counted.

use model_trace::{Format, Operation, StepId, UpdateCall};

use crate::diagnosis::evidence::{Access, Evidence, after};
use crate::diagnosis::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role};

/// A thread has made something that others see, and counts it in a later step of the same call.
struct BelowZero {
    made: Access,
    /// Another thread takes it away, and counts that first.
    taken: StepId,
    counted: StepId,
}

/// A count that is lowered below zero was raised too late.
pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let submitted = || evidence.steps().filter(|(id, _)| evidence.is_submitted(*id));
    submitted().find_map(|(taken, step)| {
        let Operation::Update { atomic, call: UpdateCall::FetchSub, old, new, .. } = step.operation else {
            return None;
        };
        if new.format != Format::Unsigned || new.bits <= old.bits {
            return None;
        }
        let mut later = evidence.within(after(taken)..evidence.over());
        let (counted, _) = later.find(|(id, later)| {
            let adds = matches!(
                later.operation,
                Operation::Update { atomic: counter, call: UpdateCall::FetchAdd, .. } if counter == atomic
            );
            adds && later.thread != step.thread && evidence.is_submitted(*id)
        })?;
        let counter = evidence.step(counted).thread;
        let made = evidence.accesses.iter().rfind(|access| {
            access.thread == counter
                && access.object != atomic
                && access.end <= taken
                && evidence.has_changed(access)
                && evidence.code.goes_on_at(evidence.place(access.written), evidence.place(counted))
        })?;
        Some(Box::new(BelowZero { made: *made, taken, counted }) as Box<dyn Finding>)
    })
}

impl Finding for BelowZero {
    fn steps(&self) -> Vec<Citation> {
        vec![
            cite(self.made.written, Role::Changes),
            cite(self.taken, Role::Observes),
            cite(self.counted, Role::Acts),
        ]
    }

    fn to_mend(&self) -> Vec<StepId> {
        vec![self.counted, self.made.written]
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id| recording.at(&recording.step(id).place);
        let (taken, counted) = (recording.step(self.taken), recording.step(self.counted));
        let count = taken.operation.object().map(|count| recording.quoted(count)).unwrap_or_default();
        format!(
            "{thread} changes {made} {here}, and raises {count} only {there}. In between, {other} lowers {count} {back}, \
             and it goes below zero. Count first, or do both in one critical section.",
            thread = recording.thread(counted.thread),
            made = recording.quoted(self.made.object),
            here = at(self.made.shown),
            there = at(self.counted),
            other = recording.thread(taken.thread),
            back = at(self.taken),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{AtomicType, ObjectId, ObjectKind, Order, Word};

    use super::*;
    use crate::report::samples::{MAIN, T1, lock_with, recording, replaces, spawn};
    use crate::report::{FailureKind, number};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const SOURCE: &str = "pub fn put(&self) {
    *self.items.lock().unwrap() += 1;
    self.open.fetch_add(1, Relaxed);
}
pub fn done(&self) {
    self.open.fetch_sub(1, Relaxed);
}
";

    /// `main` puts an item, and `T1` takes it before it is counted.
    fn found(number_type: AtomicType, format: Format) -> Option<Vec<(u64, Role)>> {
        let word = |bits| Word { bits, format };
        let counts = |call, old, new| {
            let (atomic, order) = (ObjectId(1), Order::Relaxed);
            Operation::Update { atomic, call, old: word(old), new: word(new), order, before: None }
        };
        let recording = recording(
            &[("items", ObjectKind::Mutex), ("open", ObjectKind::Atomic(number_type))],
            &[
                (MAIN, spawn(T1), 0),
                (MAIN, lock_with(0, 0), 2),
                (MAIN, replaces(0, 0, 1), 2),
                (MAIN, Operation::Preempted, 3),
                (T1, counts(UpdateCall::FetchSub, 0, u64::MAX), 6),
                (MAIN, counts(UpdateCall::FetchAdd, u64::MAX, 0), 3),
            ],
        );
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        let finding = diagnose(&Evidence::of(&recording, FailureKind::Deadlock, &code))?;
        Some(finding.steps().iter().map(|cited| (number(cited.step), cited.role)).collect())
    }

    #[test]
    fn what_is_counted_after_it_is_there_may_be_gone_before_that() {
        let cited = [(3, Role::Changes), (5, Role::Observes), (6, Role::Acts)];
        assert_eq!(found(AtomicType::Usize, Format::Unsigned), Some(cited.to_vec()));
    }

    #[test]
    fn a_number_that_may_be_negative_is_no_count() {
        assert_eq!(found(AtomicType::I64, Format::Signed), None);
    }
}
