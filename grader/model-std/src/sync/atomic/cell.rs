//! The one atomic cell under all atomic types: 64 bits, and how to read them.

use core::cell::UnsafeCell;
use core::panic::Location;
use core::sync::atomic::Ordering;

use crate::explore::object::{Kind, ObjectId};
use crate::explore::runtime::{point_now, try_with, with};
use crate::explore::state::State;
use crate::sync::object::Link;
use model_trace::{AtomicType, Format, Operation, UpdateCall};

/// A value that is kept as 64 bits.
pub(super) trait Word: Copy + PartialEq {
    const FORMAT: Format;

    /// The value as a trace shows it.
    fn shown(self) -> model_trace::Word {
        model_trace::Word { bits: self.to_word(), format: Self::FORMAT }
    }

    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

/// An atomic cell.
pub(super) struct AtomicCell<T> {
    link: Link,
    /// The value at the beginning of an execution, and after unique access.
    value: UnsafeCell<T>,
    atomic_type: AtomicType,
}

// SAFETY: `value` is read when the atomic takes part in an execution, and written through `&mut`
// alone. Executions run on one OS thread at a time.
unsafe impl<T: Send> Sync for AtomicCell<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for AtomicCell<T> {}

impl<T: Word> AtomicCell<T> {
    #[track_caller]
    pub(super) const fn new(value: T, atomic_type: AtomicType) -> Self {
        AtomicCell { link: Link::new(), value: UnsafeCell::new(value), atomic_type }
    }

    fn id(&self, state: &mut State) -> ObjectId {
        let make = |state: &mut State, created| {
            // SAFETY: nobody has unique access while the atomic is used through a shared reference.
            let value = unsafe { *self.value.get() };
            state.add_atomic(value.to_word(), self.atomic_type, created)
        };
        self.link.object(state, make).0
    }

    /// The newest value, for an owner whom no other thread can disturb.
    fn newest(&self) -> T {
        let in_execution = try_with(|state| {
            let id = self.id(state);
            match &state.object(id).kind {
                Kind::Atomic { state, .. } => T::from_word(state.newest()),
                other => unreachable!("an atomic operation on a {}", other.type_name()),
            }
        });
        // SAFETY: the owner has unique access.
        in_execution.unwrap_or_else(|| unsafe { *self.value.get() })
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        *self.value.get_mut() = self.newest();
        // What is written through the reference is the first value of a new atomic.
        self.link.unlink();
        self.value.get_mut()
    }

    pub(super) fn into_inner(self) -> T {
        self.newest()
    }

    /// Reads the newest value without a step, for `Debug`.
    pub(super) fn peek(&self) -> T {
        self.newest()
    }

    pub(super) fn load(&self, order: Ordering, location: &'static Location<'static>) -> T {
        match order {
            Ordering::Release => panic!("there is no such thing as a release load"),
            Ordering::AcqRel => panic!("there is no such thing as an acquire-release load"),
            _ => {}
        }
        point_now(location);
        with(|state| {
            let id = self.id(state);
            let (actor, atomic, seq_cst) = state.actor_on(id);
            let readable = atomic.readable(actor.thread, actor.view, seq_cst, order);
            let age = state.choose_age(readable);
            let (actor, atomic, _) = state.actor_on(id);
            let reads = atomic.reads(age);
            let value = T::from_word(atomic.load(actor, age, order));
            let order = order.into();
            state.log(Operation::Load { atomic: id, value: value.shown(), order, reads }, location);
            value
        })
    }

    pub(super) fn store(&self, value: T, order: Ordering, location: &'static Location<'static>) {
        match order {
            Ordering::Acquire => panic!("there is no such thing as an acquire store"),
            Ordering::AcqRel => panic!("there is no such thing as an acquire-release store"),
            _ => {}
        }
        point_now(location);
        with(|state| {
            let id = self.id(state);
            let (actor, atomic, seq_cst) = state.actor_on(id);
            atomic.store(actor, seq_cst, value.to_word(), order);
            state.log(Operation::Store { atomic: id, value: value.shown(), order: order.into() }, location);
        });
    }

    /// Reads the newest value and replaces it.
    pub(super) fn update(
        &self,
        call: UpdateCall,
        order: Ordering,
        location: &'static Location<'static>,
        new: impl FnOnce(T) -> T,
    ) -> T {
        point_now(location);
        with(|state| {
            let id = self.id(state);
            let (actor, atomic, seq_cst) = state.actor_on(id);
            let old = T::from_word(atomic.newest());
            let new = new(old);
            atomic.replace(actor, seq_cst, new.to_word(), order);
            let (shown, order) = ((old.shown(), new.shown()), order.into());
            state.log(Operation::Update { atomic: id, call, old: shown.0, new: shown.1, order }, location);
            old
        })
    }

    pub(super) fn compare_exchange(
        &self,
        (current, new): (T, T),
        (success, failure): (Ordering, Ordering),
        weak: bool,
        location: &'static Location<'static>,
    ) -> Result<T, T> {
        match failure {
            Ordering::Release => panic!("there is no such thing as a release failure ordering"),
            Ordering::AcqRel => panic!("there is no such thing as an acquire-release failure ordering"),
            _ => {}
        }
        point_now(location);
        with(|state| {
            let id = self.id(state);
            let old = T::from_word(state.actor_on(id).1.newest());
            let equal = old == current;
            if equal && !(weak && state.chooses_spurious()) {
                let (actor, atomic, seq_cst) = state.actor_on(id);
                atomic.replace(actor, seq_cst, new.to_word(), success);
                let (call, order) = (UpdateCall::CompareExchange, success.into());
                let (old_word, new) = (old.shown(), new.shown());
                state.log(Operation::Update { atomic: id, call, old: old_word, new, order }, location);
                return Ok(old);
            }
            let (actor, atomic, _) = state.actor_on(id);
            let reads = atomic.reads(0);
            atomic.load(actor, 0, failure);
            let (found, order) = (old.shown(), failure.into());
            let operation = Operation::ExchangeFailed { atomic: id, found, order, reads, spurious: equal };
            state.log(operation, location);
            Err(old)
        })
    }

    pub(super) fn fetch_update(
        &self,
        (set_order, fetch_order): (Ordering, Ordering),
        location: &'static Location<'static>,
        mut update: impl FnMut(T) -> Option<T>,
    ) -> Result<T, T> {
        let mut old = self.load(fetch_order, location);
        while let Some(new) = update(old) {
            match self.compare_exchange((old, new), (set_order, fetch_order), true, location) {
                Ok(old) => return Ok(old),
                Err(newer) => old = newer,
            }
        }
        Err(old)
    }
}
