//! Accesses to atomics: which store a load reads, what that means for the memory, and the record of it.

use core::panic::Location;
use core::sync::atomic::Ordering;
use smallvec::SmallVec;

use model_trace::{Limit, Operation, UpdateCall, Word};

use super::id::ObjectId;
use super::memory::{self, Access, Ages};
use super::merge::Merge;
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

/// What an exchange may come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchanged {
    /// How many stores follow the one that it takes.
    pub(super) age: usize,
    pub(super) result: ExchangeResult,
}

/// Whether an exchange writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ExchangeResult {
    Succeeded,
    Failed,
    /// It read what it expected.
    FailedSpuriously,
}

impl State {
    /// A load. Returns what it reads, which is a choice.
    pub(crate) fn load(
        &mut self,
        id: ObjectId,
        order: Ordering,
        location: &'static Location<'static>,
    ) -> u64 {
        let ages = self.ages(id, order, Access::Read);
        let age = self.choose_age(&ages);
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let reads = atomic.reads(age);
        let bits = atomic.load(actor, seq_cst, age, order);
        let value = self.word(id, bits);
        self.record(Operation::Load { atomic: id, value, order: order.into(), reads }, location);
        bits
    }

    /// A store. Which place it takes among those of other threads is a choice.
    pub(crate) fn store(
        &mut self,
        id: ObjectId,
        bits: u64,
        order: Ordering,
        location: &'static Location<'static>,
    ) {
        let ages = self.ages(id, order, Access::Write);
        let age = self.choose_age(&ages);
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let before = atomic.next_step(age);
        let could_be_read = atomic.store(actor, seq_cst, age, bits, order);
        self.leave_out_if(could_be_read, Limit::LoadBuffering);
        let value = self.word(id, bits);
        self.record(Operation::Store { atomic: id, value, order: order.into(), before }, location);
    }

    /// Reads a value, and replaces it by what `new` makes of it. Returns what it read, which is a choice: the newest
    /// value, or an older one that nothing else has replaced.
    pub(crate) fn update(
        &mut self,
        id: ObjectId,
        call: UpdateCall,
        order: Ordering,
        location: &'static Location<'static>,
        new: impl FnOnce(u64) -> u64,
    ) -> u64 {
        let ages = self.ages(id, order, Access::Write);
        let age = self.choose_age(&ages);
        self.replace(id, age, call, order, location, new)
    }

    fn replace(
        &mut self,
        id: ObjectId,
        age: usize,
        call: UpdateCall,
        order: Ordering,
        location: &'static Location<'static>,
        new: impl FnOnce(u64) -> u64,
    ) -> u64 {
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let (old, before) = (atomic.value(age), atomic.next_step(age));
        let new = new(old);
        let could_be_read = atomic.replace(actor, seq_cst, age, new, order);
        self.leave_out_if(could_be_read, Limit::LoadBuffering);
        let (shown, new) = (self.word(id, old), self.word(id, new));
        let operation = Operation::Update { atomic: id, call, old: shown, new, order: order.into(), before };
        self.record(operation, location);
        old
    }

    /// Replaces a value if it is the one that is expected. Which one it finds is a choice, as for a load or an update;
    /// and so is whether a weak exchange fails although it found what it expected.
    ///
    /// # Errors
    /// The value that was found, if nothing was written.
    pub(crate) fn exchange(
        &mut self,
        id: ObjectId,
        exchange: Exchange,
        location: &'static Location<'static>,
    ) -> Result<u64, u64> {
        let Exchange { new, success, failure, .. } = exchange;
        let Exchanged { age, result } = self.choose_exchanged(id, exchange);
        if result == ExchangeResult::Succeeded {
            let call = UpdateCall::CompareExchange;
            return Ok(self.replace(id, age, call, success, location, |_| new));
        }
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        let reads = atomic.reads(age);
        let bits = atomic.load(actor, seq_cst, age, failure);
        let (found, order) = (self.word(id, bits), failure.into());
        let spurious = result == ExchangeResult::FailedSpuriously;
        self.record(Operation::ExchangeFailed { atomic: id, found, order, reads, spurious }, location);
        Err(bits)
    }

    fn choose_exchanged(&mut self, id: ObjectId, exchange: Exchange) -> Exchanged {
        let Exchange { current, success, failure, weak, .. } = exchange;
        let (reads, writes) = (self.ages(id, failure, Access::Read), self.ages(id, success, Access::Write));
        let memory = &self.atomic(id).memory;
        let mut outcomes = SmallVec::new();
        for &age in &writes.list {
            if memory.value(age) == current {
                outcomes.push(Exchanged { age, result: ExchangeResult::Succeeded });
            }
        }
        for &age in &reads.list {
            if memory.value(age) != current {
                outcomes.push(Exchanged { age, result: ExchangeResult::Failed });
            } else if weak {
                outcomes.push(Exchanged { age, result: ExchangeResult::FailedSpuriously });
            }
        }
        outcomes.sort_by_key(|outcome: &Exchanged| (outcome.age, outcome.result));
        let others = Ages {
            list: SmallVec::new(),
            limited: reads.limited || writes.limited,
            out_of_order: reads.out_of_order || writes.out_of_order,
        };
        self.choose_outcome(outcomes, &others)
    }

    /// A fence.
    pub(crate) fn fence(&mut self, order: Ordering, location: &'static Location<'static>) {
        let merges = self.merges(Merge::SeqCstOrder);
        let (actor, seq_cst) = self.execution.actor();
        if merges {
            seq_cst.forget_order();
        }
        let out_of_order = memory::fence(actor, seq_cst, order);
        self.leave_out_if(out_of_order && self.pass.allowance.stale, Limit::SeqCstOrder);
        self.record(Operation::Fence { order: order.into() }, location);
    }

    /// The acting thread has an atomic to itself: whatever others have done to it happens before.
    pub(crate) fn own_atomic(&mut self, id: ObjectId) {
        let (actor, atomic, _) = self.execution.actor_on(id);
        atomic.own(actor.view);
    }

    /// The acting thread accesses an atomic at this address. If that has been another one, the atomic was moved, by a thread
    /// that had it to itself, which happens before the access; so what others did to it earlier does.
    #[inline]
    pub(crate) fn find_at(&mut self, id: ObjectId, address: usize) {
        if self.atomic(id).address != address {
            self.own_atomic(id);
            self.execution.set_address(id, address);
        }
    }

    fn ages(&mut self, id: ObjectId, order: Ordering, access: Access) -> Ages {
        // What a load leaves unseen it leaves so in this pass alone; and one report is enough.
        if self.pass.allowance.stale && !self.pass.limits.contains(Limit::LoadBuffering) {
            self.execution.watch_loads();
        }
        let (actor, atomic, seq_cst) = self.execution.actor_on(id);
        atomic.ages(actor.thread, actor.view, seq_cst, order, access)
    }

    fn word(&self, id: ObjectId, bits: u64) -> Word {
        Word { bits, format: self.atomic(id).atomic_type.format() }
    }
}
