//! A store that takes effect before one that was executed earlier: what that one stored is found afterwards.

use model_trace::{ObjectId, Operation, Order, StepId, Word};

use super::{stored, too_weak};
use crate::diagnosis::evidence::{Evidence, after};
use crate::diagnosis::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, in_submission, number};

struct Overtaken {
    atomic: ObjectId,
    /// The store, and what it stores.
    store: StepId,
    stores: Word,
    /// The earlier one, which comes after it in modification order.
    earlier: StepId,
    leaves: Word,
    /// Where that is found.
    load: StepId,
    relaxed: Vec<StepId>,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    evidence.steps().rev().find_map(|(store, step)| {
        let (Operation::Store { atomic, before: Some(earlier), .. }
        | Operation::Update { atomic, before: Some(earlier), .. }) = step.operation
        else {
            return None;
        };
        let finds = |operation: Operation| match operation {
            Operation::Load { atomic: own, reads, .. }
            | Operation::ExchangeFailed { atomic: own, reads, .. } => {
                own == atomic && reads.from == Some(earlier)
            }
            _ => false,
        };
        let mut later = evidence.within(after(store)..evidence.over());
        let (load, _) = later.find(|(id, later)| finds(later.operation) && evidence.is_submitted(*id))?;
        let (stores, leaves) = (stored(step.operation)?, stored(evidence.step(earlier).operation)?);
        let relaxed = relaxed(evidence, earlier, store);
        let is_own = evidence.is_submitted(store) && evidence.step(earlier).thread != step.thread;
        let overtaken = Overtaken { atomic, store, stores, earlier, leaves, load, relaxed };
        is_own.then(|| Box::new(overtaken) as Box<dyn Finding>)
    })
}

/// The learner's accesses that should have brought the later store after the earlier one, and are too weak for it: what
/// the one thread stores from there on, and what the other one has read by then.
fn relaxed(evidence: &Evidence<'_>, earlier: StepId, store: StepId) -> Vec<StepId> {
    let between = || {
        evidence.within(earlier..store).filter(|(_, step)| {
            step.operation.order() == Some(Order::Relaxed) && in_submission(&step.place).is_some()
        })
    };
    let reads = |operation| !matches!(operation, Operation::Store { .. });
    let (writer, reader) = (evidence.step(earlier).thread, evidence.step(store).thread);
    let last = between().rfind(|(_, step)| step.thread == writer && stored(step.operation).is_some());
    let read = between().rfind(|(_, step)| step.thread == reader && reads(step.operation));
    last.into_iter().chain(read).map(|(id, _)| id).collect()
}

impl Finding for Overtaken {
    fn steps(&self) -> Vec<Citation> {
        let relaxed = self.relaxed.iter().map(|step| cite(*step, Role::Unordered));
        let stores = [cite(self.store, Role::Stores), cite(self.earlier, Role::Intervenes)];
        stores.into_iter().chain([cite(self.load, Role::Reads)]).chain(relaxed).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        if self.relaxed.is_empty() { vec![self.store, self.earlier] } else { self.relaxed.clone() }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let [store, earlier, load] = [self.store, self.earlier, self.load].map(|id| recording.step(id));
        let cure = if self.relaxed.is_empty() {
            "A `Release` store that an `Acquire` load reads orders what comes before the one and after the other; so does a \
             lock."
                .to_owned()
        } else {
            too_weak(recording, &self.relaxed)
        };
        format!(
            "{thread} stores {stores} in {atomic} {here} (step {step}), after {other} has stored {leaves} {there} (step \
             {earlier_step}). But that store does not happen before this one, so they may take effect in the other order, and \
             here they do: {reader} finds {leaves} {back} (step {load_step}). {cure}",
            thread = recording.thread(store.thread),
            stores = self.stores,
            atomic = recording.quoted(self.atomic),
            here = recording.at(&store.place),
            step = number(self.store),
            other = recording.thread(earlier.thread),
            leaves = self.leaves,
            there = recording.at(&earlier.place),
            earlier_step = number(self.earlier),
            reader = recording.thread(load.thread),
            back = recording.at(&load.place),
            load_step = number(self.load),
        )
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{AtomicType, ObjectKind, Reads};

    use super::*;
    use crate::report::FailureKind;
    use crate::report::samples::{MAIN, T1, recording, spawn, word};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    /// What is said of a store by `T1` after one by `main`, if it takes effect `before` that.
    fn found(before: Option<StepId>) -> Option<String> {
        let (atomic, order) = (ObjectId(0), Order::Relaxed);
        let store = |value, before| Operation::Store { atomic, value: word(value), order, before };
        let from = Some(before.map_or(StepId(2), |earlier| earlier));
        let value = word(if before.is_some() { 7 } else { 1 });
        let loads = Operation::Load { atomic, value, order, reads: Reads { from, newest: None } };
        let steps =
            [(MAIN, spawn(T1), 0), (MAIN, store(7, None), 2), (T1, store(1, before), 3), (T1, loads, 4)];
        let recording = recording(&[("depth", ObjectKind::Atomic(AtomicType::Usize))], &steps);
        let source = "fn lock(&self) {\n one();\n two();\n three();\n}\n";
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        let evidence = Evidence::of(&recording, FailureKind::Assertion, &code);
        diagnose(&evidence).map(|finding| finding.sentence(&recording))
    }

    #[test]
    fn a_store_that_takes_effect_before_an_earlier_one_is_not_found() {
        let said = "T1 stores 1 in `depth` at line 3 (step 3), after main has stored 7 at line 2 (step 2). But that store does \
                    not happen before this one, so they may take effect in the other order, and here they do: T1 finds 7 at \
                    line 4 (step 4). The `store` of `depth` at line 2 is `Relaxed`";
        let message = found(Some(StepId(1))).expect("a diagnosis");
        assert!(message.starts_with(said), "{message}");
        assert_eq!(found(None), None);
    }
}
