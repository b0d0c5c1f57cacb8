//! A load that read a value although another thread had stored a newer one.

mod chain;
mod overtaken;

use model_trace::{ObjectId, Operation, Order, Place, Step, StepId, Word};

use chain::{Part, Weak};

use super::evidence::{Evidence, after};
use super::finding::{Finding, cite};
use crate::report::{Citation, Recording, Role, Verb, in_submission, number};

struct StaleRead {
    load: StepId,
    atomic: ObjectId,
    found: Word,
    /// The store that it read. `None`: the initial value.
    from: Option<StepId>,
    /// The newest store, and what it stored.
    newest: StepId,
    stored: Word,
    /// The learner's accesses that would have ordered the two, and are too weak for it.
    weak: Vec<Weak>,
    /// Whether both accesses are the learner's, and stronger than `Relaxed`.
    are_ordered: bool,
}

pub(super) fn diagnose(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    stale(evidence).or_else(|| overtaken::diagnose(evidence))
}

fn stale(evidence: &Evidence<'_>) -> Option<Box<dyn Finding>> {
    let (load, atomic, found, reads) = evidence.steps().rev().find_map(|(id, step)| {
        let (atomic, found, reads) = loaded(step.operation)?;
        let matters = reads.is_stale() && !is_checked(evidence, id, step);
        matters.then_some((id, atomic, found, reads))
    })?;
    let newest = reads.newest?;
    let stored = stored(evidence.step(newest).operation)?;
    let weak = weak(evidence, newest, load);
    let are_ordered = is_ordered(evidence.step(newest)) && is_ordered(evidence.step(load));
    Some(Box::new(StaleRead { load, atomic, found, from: reads.from, newest, stored, weak, are_ordered }))
}

/// Whether an exchange by the same thread checks what was read: it reads the newest value, or fails and is tried again.
/// One that is the last attempt of an update gives that up, whatever it has read.
fn is_checked(evidence: &Evidence<'_>, id: StepId, step: &Step) -> bool {
    let object = step.operation.object();
    let mut later =
        evidence.within(after(id)..evidence.over()).filter(|(_, other)| other.thread == step.thread);
    let tries = |operation: Operation| {
        matches!(operation, Operation::Update { .. } | Operation::ExchangeFailed { .. })
    };
    let next = later.find(|(_, other)| other.operation.object() == object);
    let goes_on = |place: &Place| *place == step.place || evidence.code.in_one_call(&step.place, place);
    let is_tried = next.is_some_and(|(_, next)| tries(next.operation) && goes_on(&next.place));
    let gives_up = tries(step.operation) && evidence.code.returns_nothing(&step.place);
    is_tried || gives_up
}

fn loaded(operation: Operation) -> Option<(ObjectId, Word, model_trace::Reads)> {
    if let Operation::Load { atomic, value, reads, .. }
    | Operation::ExchangeFailed { atomic, found: value, reads, .. } = operation
    {
        Some((atomic, value, reads))
    } else {
        None
    }
}

fn stored(operation: Operation) -> Option<Word> {
    if let Operation::Store { value, .. } | Operation::Update { new: value, .. } = operation {
        Some(value)
    } else {
        None
    }
}

/// The learner's accesses that should have handed the value over, and are too weak for it: where what leads from the store
/// to the load breaks; or else what the writer stores from there on, and the reader looks at last.
fn weak(evidence: &Evidence<'_>, store: StepId, load: StepId) -> Vec<Weak> {
    let broken = chain::broken(evidence, store, load);
    if !broken.is_empty() {
        return broken;
    }
    let between = || {
        evidence.within(store..after(load)).filter(|(_, step)| {
            step.operation.order() == Some(Order::Relaxed) && in_submission(&step.place).is_some()
        })
    };
    let (writer, reader) = (evidence.step(store).thread, evidence.step(load).thread);
    let published = between().find(|(_, step)| step.thread == writer && stored(step.operation).is_some());
    let looked = between().rfind(|(_, step)| step.thread == reader);
    let parts = published.into_iter().zip([Part::Publishes]).chain(looked.into_iter().zip([Part::Looks]));
    let mut weak: Vec<Weak> =
        parts.map(|((step, _), part)| Weak { step, part, order: Order::Relaxed }).collect();
    weak.dedup_by_key(|weak| weak.step);
    weak
}

/// Whether an access is stronger than `Relaxed`, on the learner's own part.
fn is_ordered(step: &Step) -> bool {
    in_submission(&step.place).is_some()
        && step.operation.order().is_some_and(|order| order != Order::Relaxed)
}

impl Finding for StaleRead {
    fn steps(&self) -> Vec<Citation> {
        let weak = self.weak.iter().map(|weak| cite(weak.step, Role::Unordered));
        [cite(self.load, Role::Reads), cite(self.newest, Role::Stores)].into_iter().chain(weak).collect()
    }

    fn to_mend(&self) -> Vec<StepId> {
        if self.weak.is_empty() { vec![self.load, self.newest] } else { self.weak_steps() }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let (load, store) = (recording.step(self.load), recording.step(self.newest));
        let source = match self.from {
            Some(from) => format!("the value that step {} stored", number(from)),
            None => "its initial value".to_owned(),
        };
        format!(
            "{reader} reads {found} from {atomic} {here} (step {load_number}): {source}. {writer} had stored {stored} \
             {there} (step {store_number}), but that store does not happen before the load, so the load need not \
             see it: a stale read. {cure}",
            reader = recording.thread(load.thread),
            found = self.found,
            atomic = recording.quoted(self.atomic),
            here = recording.at(&load.place),
            load_number = number(self.load),
            writer = recording.thread(store.thread),
            stored = self.stored,
            there = recording.at(&store.place),
            store_number = number(self.newest),
            cure = self.cure(recording),
        )
    }
}

impl StaleRead {
    /// The steps that are too weak. A read-modify-write may be too weak for both that it does.
    fn weak_steps(&self) -> Vec<StepId> {
        let mut steps: Vec<StepId> = self.weak.iter().map(|weak| weak.step).collect();
        steps.dedup();
        steps
    }

    fn cure(&self, recording: &Recording) -> String {
        if self.weak.is_empty() && self.are_ordered {
            return "`Release` and `Acquire` order what comes before a store with what comes after a load that reads \
                    it; they do not make a load read the newest store. Where two threads each store to one atomic \
                    and then load the other's, all four accesses have to be `SeqCst`, or in critical sections of \
                    one lock."
                .to_owned();
        }
        if self.weak.is_empty() {
            return "A `Release` store that an `Acquire` load reads orders what comes before the one and after the \
                    other; so does a lock."
                .to_owned();
        }
        if self.weak.iter().all(|weak| weak.order == Order::Relaxed) {
            return too_weak(recording, &self.weak_steps());
        }
        let each = self.weak.iter().map(|weak| {
            format!(
                "The {access} is `{order}`: {missing}. ",
                access = access(recording, weak.step),
                order = weak.order,
                missing = match weak.part {
                    Part::Publishes => "whoever reads what it writes need not see what comes before it",
                    Part::Looks => "what follows it need not see what came before the write that it reads",
                }
            )
        });
        each.chain(["A read-modify-write that has to do both needs `AcqRel`.".to_owned()]).collect()
    }
}

/// An access, for a sentence.
fn access(recording: &Recording, id: StepId) -> String {
    let step = recording.step(id);
    let object = step.operation.object().map(|object| format!(" of {}", recording.quoted(object)));
    let verb = Verb::of(step.operation).as_str();
    format!("`{verb}`{} {}", object.unwrap_or_default(), recording.at(&step.place))
}

/// That these accesses order nothing, and which ones do.
fn too_weak(recording: &Recording, relaxed: &[StepId]) -> String {
    let accesses = relaxed.iter().map(|id| access(recording, *id));
    let accesses: Vec<String> = accesses.collect();
    let (accesses, are) = (accesses.join(" and the "), if accesses.len() == 1 { "is" } else { "are" });
    format!(
        "The {accesses} {are} `Relaxed`, which orders nothing else. Whoever publishes needs `Release`, and whoever \
         looks needs `Acquire`."
    )
}
