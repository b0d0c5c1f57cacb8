//! Accesses to atomics: which store a load reads, what that means for the memory, and the record of it.

use core::sync::atomic::Ordering;

use model_trace::{Operation, UpdateCall, Word};

use super::event::Place;
use super::id::ObjectId;
use super::memory;
use super::state::State;

/// A compare-and-exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    pub(crate) current: u64,
    pub(crate) new: u64,
    pub(crate) success: Ordering,
    pub(crate) failure: Ordering,
    /// It may fail spuriously.
    pub(crate) weak: bool,
}

impl State {
    /// A load. Returns what it reads, which is a choice.
    pub(crate) fn load(&mut self, id: ObjectId, order: Ordering, place: impl Into<Place>) -> u64 {
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let readable = atomic.readable(actor.thread, actor.view, seq_cst, order);
        let age = self.choose_age(readable);
        let (actor, atomic, _) = self.execution.actor_on(id);
        let reads = atomic.reads(age);
        let bits = atomic.load(actor, age, order);
        let value = self.word(id, bits);
        self.record(Operation::Load { atomic: id, value, order: order.into(), reads }, place);
        bits
    }

    /// A store.
    pub(crate) fn store(&mut self, id: ObjectId, bits: u64, order: Ordering, place: impl Into<Place>) {
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        atomic.store(actor, seq_cst, bits, order);
        let value = self.word(id, bits);
        self.record(Operation::Store { atomic: id, value, order: order.into() }, place);
    }

    /// Reads the newest value, and replaces it by what `new` makes of it. Returns what it read.
    pub(crate) fn update(
        &mut self,
        id: ObjectId,
        call: UpdateCall,
        order: Ordering,
        place: impl Into<Place>,
        new: impl FnOnce(u64) -> u64,
    ) -> u64 {
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let old = atomic.newest();
        let new = new(old);
        atomic.replace(actor, seq_cst, new, order);
        let (shown, new) = (self.word(id, old), self.word(id, new));
        self.record(Operation::Update { atomic: id, call, old: shown, new, order: order.into() }, place);
        old
    }

    /// Replaces the newest value if it is the one that is expected. Whether a weak exchange fails all the same is a
    /// choice.
    ///
    /// # Errors
    /// The value that was found, if nothing was written.
    pub(crate) fn exchange(
        &mut self,
        id: ObjectId,
        exchange: Exchange,
        place: impl Into<Place>,
    ) -> Result<u64, u64> {
        let Exchange { current, new, success, failure, weak } = exchange;
        let old = self.atomic(id).memory.newest();
        let equal = old == current;
        if equal && !(weak && self.choose_spurious_failure()) {
            let call = UpdateCall::CompareExchange;
            return Ok(self.update(id, call, success, place, |_| new));
        }
        let (actor, atomic, _) = self.execution.actor_on(id);
        let reads = atomic.reads(0);
        atomic.load(actor, 0, failure);
        let (found, order) = (self.word(id, old), failure.into());
        let operation = Operation::ExchangeFailed { atomic: id, found, order, reads, spurious: equal };
        self.record(operation, place);
        Err(old)
    }

    /// A fence.
    pub(crate) fn fence(&mut self, order: Ordering, place: impl Into<Place>) {
        let (actor, seq_cst) = self.execution.actor();
        memory::fence(actor, seq_cst, order);
        self.record(Operation::Fence { order: order.into() }, place);
    }

    fn word(&self, id: ObjectId, bits: u64) -> Word {
        Word { bits, format: self.atomic(id).atomic_type.format() }
    }
}
