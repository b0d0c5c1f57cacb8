//! The one atomic cell under all atomic types: 64 bits, and how to read them.

use core::cell::UnsafeCell;
use core::panic::Location;
use core::ptr::NonNull;
use core::sync::atomic::Ordering;

use model_trace::{AtomicType, UpdateCall};

use crate::explore::Exchange;
use crate::explore::acting::{self, try_with, with};
use crate::explore::id::ObjectId;
use crate::explore::state::State;
use crate::sync::object::Link;

/// A value that is kept as 64 bits. Equal values have equal bits.
pub(super) trait Word: Copy + PartialEq {
    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

/// An atomic cell. The cells of all pointers have the same layout.
#[repr(C)]
pub(super) struct AtomicCell<T> {
    link: Link,
    /// The value at the beginning of an execution, and after unique access.
    value: UnsafeCell<T>,
    /// Where the program keeps the value, if that is not in here.
    place: Option<NonNull<T>>,
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
        AtomicCell { link: Link::new(), value: UnsafeCell::new(value), place: None, atomic_type }
    }

    /// A cell for a value that stands elsewhere.
    ///
    /// # Safety
    /// Whenever the cell is used, there is a value at `place`, and nothing else uses it.
    #[track_caller]
    pub(super) unsafe fn at(place: *mut T, atomic_type: AtomicType) -> Self {
        // SAFETY: the caller promises a value.
        let value = UnsafeCell::new(unsafe { place.read() });
        AtomicCell { link: Link::new(), value, place: NonNull::new(place), atomic_type }
    }

    fn id(&self, state: &mut State) -> ObjectId {
        let make = |state: &mut State, created| {
            // SAFETY: no owner has unique access while the atomic is used through a shared reference.
            let value = unsafe { *self.place() };
            state.execution.add_atomic(value.to_word(), self.atomic_type, self.place().addr(), created)
        };
        let (id, _) = self.link.object(state, make);
        let Some(place) = self.place else { return id };
        // SAFETY: see `at`.
        if unsafe { place.read() }.to_word() == state.atomic(id).memory.newest() {
            return id;
        }
        // The program has put another value there. It is the first one of a new atomic.
        self.link.unlink();
        self.link.object(state, make).0
    }

    /// Stops before an access.
    fn access_point(&self, location: &'static Location<'static>) {
        acting::access_point(self.place().addr(), location);
    }

    /// Where the value is.
    fn place(&self) -> *mut T {
        self.place.map_or(self.value.get(), NonNull::as_ptr)
    }

    /// The object, for an access.
    fn accessed(&self, state: &mut State) -> ObjectId {
        let id = self.id(state);
        state.find_at(id, self.place().addr());
        id
    }

    /// Changes the value by one operation.
    fn change<R>(&self, operation: impl FnOnce(&mut State, ObjectId) -> R) -> R {
        with(|state| {
            let id = self.accessed(state);
            let result = operation(state, id);
            if let Some(place) = self.place {
                // SAFETY: see `at`.
                unsafe { place.write(T::from_word(state.atomic(id).memory.newest())) };
            }
            result
        })
    }

    /// The newest value, where no other thread has access, or none runs.
    fn newest(&self) -> T {
        let in_execution = try_with(|state| {
            let id = self.id(state);
            T::from_word(state.atomic(id).memory.newest())
        });
        // SAFETY: nobody else has access.
        in_execution.unwrap_or_else(|| unsafe { *self.value.get() })
    }

    /// The newest value, for an owner who has the atomic to itself.
    fn owned(&self) -> T {
        try_with(|state| {
            let id = self.id(state);
            state.own_atomic(id);
        });
        self.newest()
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        *self.value.get_mut() = self.owned();
        // What is written through the reference is the first value of a new atomic.
        self.link.unlink();
        self.value.get_mut()
    }

    pub(super) fn into_inner(self) -> T {
        self.owned()
    }

    /// What formatting shows: a relaxed load, as with std's.
    pub(super) fn shown(&self) -> T {
        match acting::last_place() {
            Some(place) => self.load(Ordering::Relaxed, place),
            // An execution that stops takes no steps.
            None => self.newest(),
        }
    }

    #[track_caller]
    pub(super) fn load(&self, order: Ordering, location: &'static Location<'static>) -> T {
        match order {
            Ordering::Release => panic!("there is no such thing as a release load"),
            Ordering::AcqRel => panic!("there is no such thing as an acquire-release load"),
            _ => {}
        }
        self.access_point(location);
        with(|state| {
            let id = self.accessed(state);
            T::from_word(state.load(id, order, location))
        })
    }

    #[track_caller]
    pub(super) fn store(&self, value: T, order: Ordering, location: &'static Location<'static>) {
        match order {
            Ordering::Acquire => panic!("there is no such thing as an acquire store"),
            Ordering::AcqRel => panic!("there is no such thing as an acquire-release store"),
            _ => {}
        }
        self.access_point(location);
        self.change(|state, id| state.store(id, value.to_word(), order, location));
    }

    /// Reads the newest value and replaces it.
    #[track_caller]
    pub(super) fn update(
        &self,
        call: UpdateCall,
        order: Ordering,
        location: &'static Location<'static>,
        new: impl FnOnce(T) -> T,
    ) -> T {
        self.access_point(location);
        self.change(|state, id| {
            let new = |old| new(T::from_word(old)).to_word();
            T::from_word(state.update(id, call, order, location, new))
        })
    }

    #[track_caller]
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
        self.access_point(location);
        self.change(|state, id| {
            let (current, new) = (current.to_word(), new.to_word());
            let exchange = Exchange { current, new, success, failure, weak };
            state.exchange(id, exchange, location).map(T::from_word).map_err(T::from_word)
        })
    }

    #[track_caller]
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
