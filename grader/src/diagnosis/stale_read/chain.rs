//! Where the chain from a store to a later load breaks: accesses that hand on what comes before the store, and are too
//! weak to order it.
//!
//! Followed is what each thread would have seen of the store if those accesses were stronger: along each thread, from a
//! write to what reads it, through release sequences and fences, as in C11 (Lahav, Vafeiadis, Kang, Hur and Dreyer,
//! "Repairing Sequential Consistency in C/C++11", 2017), and through everything else that synchronises. Of several ways the
//! one counts that has the fewest weak accesses.

use std::collections::HashMap;

use model_trace::{ObjectId, Operation, Order, Received, Sent, Step, StepId};

use crate::diagnosis::evidence::{Evidence, after};

/// An access that is weaker than it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weak {
    pub step: StepId,
    pub part: Part,
    pub order: Order,
}

/// What it does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Order what comes before it, for whoever reads it.
    Publishes,
    /// Order what comes after it, behind what it reads.
    Looks,
}

/// The weak accesses on the way. `None`: there is no way.
type Way = Option<Vec<Weak>>;

/// The learner's accesses that are too weak to bring a load after a store, in the order of their steps. None if nothing leads
/// from the one to the other, or something that orders them.
pub(super) fn broken(evidence: &Evidence<'_>, store: StepId, load: StepId) -> Vec<Weak> {
    let mut ways =
        Ways { threads: vec![Own::default(); evidence.recording.execution.threads.len()], ..Ways::default() };
    ways.threads[evidence.step(store).thread.index()].sees = Some(Vec::new());
    for (id, step) in evidence.within(StepId(0)..after(store)) {
        ways.note(id, step);
    }
    for (id, step) in evidence.within(after(store)..load) {
        ways.follow(id, step, evidence.is_submitted(id));
    }
    let reader = evidence.step(load).thread.index();
    let mut weak = ways.threads.swap_remove(reader).sees.unwrap_or_default();
    weak.sort_by_key(|weak| weak.step);
    weak
}

/// By which way each thread, message and object comes after the store.
#[derive(Debug, Default)]
struct Ways {
    threads: Vec<Own>,
    /// By what was written.
    written: HashMap<StepId, Way>,
    /// The last write to each atomic.
    last: HashMap<ObjectId, StepId>,
    /// With locks, channels and barriers; and with the tokens of threads.
    objects: HashMap<ObjectId, Way>,
    tokens: HashMap<usize, Way>,
}

/// What a thread has seen, what it has read without an order, and what it had seen at its last release fence.
#[derive(Debug, Clone, Default)]
struct Own {
    sees: Way,
    read: Way,
    fenced: Way,
}

/// The shorter one. Of two that are as long, the one that breaks later: an exchange, and not the look before it.
fn join(way: &mut Way, other: Way) {
    let shorter = match (&*way, &other) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(own), Some(other)) => {
            let breaks = |way: &[Weak]| way.last().map(|weak| weak.step);
            other.len() < own.len() || other.len() == own.len() && breaks(other) > breaks(own)
        }
    };
    if shorter {
        *way = other;
    }
}

impl Ways {
    /// A step before the store.
    fn note(&mut self, id: StepId, step: &Step) {
        if let Operation::Store { atomic, .. } | Operation::Update { atomic, .. } = step.operation {
            self.last.insert(atomic, id);
        }
    }

    fn follow(&mut self, id: StepId, step: &Step, is_submitted: bool) {
        let me = step.thread.index();
        let weak = |part, order| is_submitted.then_some(Weak { step: id, part, order });
        match step.operation {
            Operation::Load { order, reads, .. } | Operation::ExchangeFailed { order, reads, .. } => {
                let message = reads.from.and_then(|from| self.written.get(&from).cloned().flatten());
                self.read(me, message, order, weak(Part::Looks, order));
            }
            Operation::Store { atomic, order, .. } => {
                self.write(me, id, atomic, order, weak(Part::Publishes, order))
            }
            Operation::Update { atomic, order, .. } => {
                let last = self.last.get(&atomic);
                let message = last.and_then(|last| self.written.get(last).cloned().flatten());
                self.read(me, message.clone(), order, weak(Part::Looks, order));
                self.write(me, id, atomic, order, weak(Part::Publishes, order));
                // A read-modify-write goes on with the release sequence of what it reads.
                join(self.written.entry(id).or_default(), message);
            }
            Operation::Fence { order } => {
                let own = &mut self.threads[me];
                if acquires(order) {
                    let read = own.read.clone();
                    join(&mut own.sees, read);
                }
                if releases(order) {
                    own.fenced.clone_from(&own.sees);
                }
            }
            Operation::Spawn { thread } => {
                let sees = self.threads[me].sees.clone();
                join(&mut self.threads[thread.index()].sees, sees);
            }
            Operation::Join { thread } => {
                let sees = self.threads[thread.index()].sees.clone();
                join(&mut self.threads[me].sees, sees);
            }
            Operation::Unpark { thread } => {
                let sees = self.threads[me].sees.clone();
                join(self.tokens.entry(thread.index()).or_default(), sees);
            }
            Operation::Unparked => {
                let token = self.tokens.get(&me).cloned().flatten();
                join(&mut self.threads[me].sees, token);
            }
            Operation::Release { lock: object, .. }
            | Operation::Send { channel: object, result: Sent::Sent, .. }
            | Operation::Initialised { once: object, .. } => self.hands_over(me, object),
            Operation::Acquire { lock: object, .. }
            | Operation::Receive { channel: object, result: Received::Received, .. } => {
                self.takes_over(me, object);
            }
            Operation::Arrive { barrier: object, .. } => {
                self.hands_over(me, object);
                self.takes_over(me, object);
            }
            _ => {}
        }
    }

    fn hands_over(&mut self, me: usize, object: ObjectId) {
        let sees = self.threads[me].sees.clone();
        join(self.objects.entry(object).or_default(), sees);
    }

    fn takes_over(&mut self, me: usize, object: ObjectId) {
        let way = self.objects.get(&object).cloned().flatten();
        join(&mut self.threads[me].sees, way);
    }

    fn read(&mut self, me: usize, message: Way, order: Order, weak: Option<Weak>) {
        let own = &mut self.threads[me];
        if acquires(order) {
            join(&mut own.sees, message);
        } else {
            join(&mut own.read, message.clone());
            join(&mut own.sees, message.zip(weak).map(longer));
        }
    }

    fn write(&mut self, me: usize, id: StepId, atomic: ObjectId, order: Order, weak: Option<Weak>) {
        let own = &self.threads[me];
        let message = if releases(order) {
            own.sees.clone()
        } else {
            let mut message = own.fenced.clone();
            join(&mut message, own.sees.clone().zip(weak).map(longer));
            message
        };
        self.written.insert(id, message);
        self.last.insert(atomic, id);
    }
}

fn longer((mut way, weak): (Vec<Weak>, Weak)) -> Vec<Weak> {
    way.push(weak);
    way
}

fn acquires(order: Order) -> bool {
    matches!(order, Order::Acquire | Order::AcqRel | Order::SeqCst)
}

fn releases(order: Order) -> bool {
    matches!(order, Order::Release | Order::AcqRel | Order::SeqCst)
}

#[cfg(test)]
mod tests {
    use model_trace::{AtomicType, ObjectKind, Reads, UpdateCall};

    use super::*;
    use crate::report::FailureKind;
    use crate::report::samples::{MAIN, T1, recording, spawn, word};
    use crate::source::{Parsed, Source};
    use crate::trace::Code;

    const T2: u32 = T1 + 1;
    const DATA: ObjectId = ObjectId(0);
    const FLAG: ObjectId = ObjectId(1);

    fn store(atomic: ObjectId, order: Order) -> Operation {
        Operation::Store { atomic, value: word(1), order, before: None }
    }

    fn load(order: Order, from: u32) -> Operation {
        let reads = Reads { from: Some(StepId(from)), newest: Some(StepId(from)) };
        Operation::Load { atomic: FLAG, value: word(1), order, reads }
    }

    fn add(order: Order) -> Operation {
        Operation::Update {
            atomic: FLAG,
            call: UpdateCall::FetchAdd,
            old: word(1),
            new: word(2),
            order,
            before: None,
        }
    }

    fn fence(order: Order) -> Operation {
        Operation::Fence { order }
    }

    /// `main` stores the data, in step 2; then come these; the last thread loads the data and does not see that.
    fn breaks_at(between: &[(u32, Operation)]) -> Vec<(u32, Part)> {
        let stale = Reads { from: None, newest: Some(StepId(2)) };
        let stale = Operation::Load { atomic: DATA, value: word(0), order: Order::Relaxed, reads: stale };
        let mut steps =
            vec![(MAIN, spawn(T1), 0), (MAIN, spawn(T2), 0), (MAIN, store(DATA, Order::Relaxed), 1)];
        steps.extend(between.iter().map(|(thread, operation)| (*thread, *operation, 2)));
        let reader = between.last().map_or(MAIN, |(thread, _)| *thread);
        steps.push((reader, stale, 3));
        let atomic = ObjectKind::Atomic(AtomicType::Usize);
        let recording = recording(&[("data", atomic), ("flag", atomic)], &steps);
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", "")]));
        let evidence = Evidence::of(&recording, FailureKind::Assertion, &code);
        let load = recording.last().expect("a step");
        broken(&evidence, StepId(2), load).iter().map(|weak| (weak.step.0, weak.part)).collect()
    }

    use Order::{AcqRel, Acquire, Relaxed, Release};
    use Part::{Looks, Publishes};

    #[test]
    fn one_end_may_be_too_weak_or_both() {
        assert_eq!(breaks_at(&[(MAIN, store(FLAG, Relaxed)), (T1, load(Acquire, 3))]), [(3, Publishes)]);
        assert_eq!(breaks_at(&[(MAIN, store(FLAG, Release)), (T1, load(Relaxed, 3))]), [(4, Looks)]);
        let both = [(3, Publishes), (4, Looks)];
        assert_eq!(breaks_at(&[(MAIN, store(FLAG, Relaxed)), (T1, load(Relaxed, 3))]), both);
    }

    #[test]
    fn a_third_thread_that_hands_on_may_break_the_chain() {
        let first = [(MAIN, store(FLAG, Release)), (T1, load(Acquire, 3))];
        let then = |order| [first[0], first[1], (T1, store(FLAG, order)), (T2, load(Acquire, 5))];
        assert_eq!(breaks_at(&then(Relaxed)), [(5, Publishes)]);
        // With the other ordering, the load could not have been stale.
        assert_eq!(breaks_at(&then(Release)), []);
    }

    #[test]
    fn a_read_modify_write_between_hands_on_what_was_published() {
        let added =
            |order, last| breaks_at(&[(MAIN, store(FLAG, Release)), (T1, add(order)), (T2, load(last, 4))]);
        assert_eq!(added(Relaxed, Relaxed), [(5, Looks)]);
        assert_eq!(added(Relaxed, Acquire), []);
        // What it does itself it has to order by itself.
        let own = |order| breaks_at(&[(MAIN, store(FLAG, Release)), (T1, add(order))]);
        assert_eq!((own(Release), own(AcqRel)), (vec![(4, Looks)], vec![]));
    }

    #[test]
    fn fences_order_what_relaxed_accesses_do_not() {
        let fenced = |orders: [Order; 2]| {
            breaks_at(&[
                (MAIN, fence(orders[0])),
                (MAIN, store(FLAG, Relaxed)),
                (T1, load(Relaxed, 4)),
                (T1, fence(orders[1])),
            ])
        };
        assert_eq!(fenced([Release, Acquire]), []);
        assert_eq!(fenced([Acquire, Acquire]), [(4, Publishes)]);
        assert_eq!(fenced([Release, Release]), [(5, Looks)]);
    }

    #[test]
    fn where_nothing_leads_to_the_reader_nothing_breaks() {
        assert_eq!(breaks_at(&[(MAIN, store(FLAG, Release)), (T1, add(AcqRel)), (T2, fence(Acquire))]), []);
    }
}
