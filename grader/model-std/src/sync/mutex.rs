//! `std::sync::Mutex`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use model_trace::{AcquireCall, Operation, ReleaseCall, Word};

use super::contents;
use super::object::{Fresh, Link};
use crate::explore::acting::{
    look_point, place_of_fmt, release_point, schedule_point, try_with, wait_until, with,
};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};

/// A mutual exclusion lock: [`std::sync::Mutex`](real::sync::Mutex) in every interleaving.
pub struct Mutex<T: ?Sized> {
    link: Link,
    data: Fresh<T>,
}

// SAFETY: the lock hands its data to one thread at a time, as std's does.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}
impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

/// The right to use a mutex's data, released on drop.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    lock: &'a Mutex<T>,
    /// Whether the thread was unwinding already when it locked: then its end poisons nothing.
    panicking: bool,
    found: Option<Word>,
    /// Whether the data may have been changed.
    changed: Cell<bool>,
    /// Where the guard was last used: it is released there, or later.
    location: Cell<&'static Location<'static>>,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the data, no more.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}
// What the guard notes beside its data is whole after every panic.
impl<T: ?Sized> RefUnwindSafe for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// See [`std`](real::sync::Mutex::new).
    #[track_caller]
    pub const fn new(data: T) -> Self {
        Mutex { link: Link::new(), data: Fresh::new(data) }
    }

    /// See [`std`](real::sync::Mutex::into_inner).
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.owned_poison();
        let data = self.data.into_inner();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }
}

impl<T: ?Sized> Mutex<T> {
    pub(super) fn id(&self, state: &mut State) -> ObjectId {
        let (id, found) = self.link.object(state, |state, created| {
            state.execution.add_object(Kind::Mutex(object::Mutex::default()), created)
        });
        self.data.refresh(found);
        id
    }

    /// See [`std`](real::sync::Mutex::lock). Locking a mutex that the thread holds already is a
    /// deadlock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        let id = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Mutex(id), location));
        self.take(id, AcquireCall::Lock, location)
    }

    /// Makes the calling thread the holder. The mutex is free.
    pub(super) fn take(
        &self,
        id: ObjectId,
        call: AcquireCall,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'_, T>> {
        let (is_poisoned, panicking, found) = with(|state| {
            // SAFETY: the mutex is free, and from here on this thread holds it.
            let found = contents::word(unsafe { &*self.data.get() });
            let me = state.execution.current;
            let mutex = state.mutex_mut(id);
            debug_assert!(mutex.holder.is_none(), "a mutex is taken while it is free");
            mutex.holder = Some(me);
            let poisoned = mutex.poisoned;
            state.acquire(id, Operation::Acquire { lock: id, call, content: found, poisoned }, location);
            (poisoned, state.execution.me().panicking, found)
        });
        let guard = MutexGuard {
            lock: self,
            panicking,
            found,
            changed: Cell::new(false),
            location: Cell::new(location),
            not_send: PhantomData,
        };
        if is_poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::Mutex::try_lock). Fails at once when the mutex is held.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.try_lock_at(Location::caller())
    }

    fn try_lock_at(&self, location: &'static Location<'static>) -> TryLockResult<MutexGuard<'_, T>> {
        look_point(location);
        let (id, held) = with(|state| {
            let id = self.id(state);
            let held = state.mutex(id).holder.is_some();
            if held {
                let call = AcquireCall::TryLock;
                state.record_read(id, Operation::WouldBlock { lock: id, call }, location);
            }
            (id, held)
        });
        if held {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.take(id, AcquireCall::TryLock, location)?)
    }

    /// See [`std`](real::sync::Mutex::is_poisoned).
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        let location = Location::caller();
        look_point(location);
        with(|state| {
            let id = self.id(state);
            let poisoned = state.mutex(id).poisoned;
            state.record_read(id, Operation::IsPoisoned { lock: id, poisoned }, location);
            poisoned
        })
    }

    /// See [`std`](real::sync::Mutex::clear_poison).
    #[track_caller]
    pub fn clear_poison(&self) {
        let location = Location::caller();
        schedule_point(location);
        with(|state| {
            let id = self.id(state);
            state.mutex_mut(id).poisoned = false;
            state.record_write(id, Operation::ClearPoison { lock: id }, location);
        });
    }

    /// See [`std`](real::sync::Mutex::get_mut).
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.owned_poison();
        let data = self.data.get_mut();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }

    /// Whether it is poisoned, for an owner who has it to itself: what others did with it happens before.
    fn owned_poison(&self) -> bool {
        try_with(|state| {
            let id = self.id(state);
            state.leave(id);
        });
        self.peek_poison()
    }

    fn peek_poison(&self) -> bool {
        try_with(|state| {
            let id = self.id(state);
            state.mutex(id).poisoned
        })
        .unwrap_or(false)
    }

    /// Gives the mutex up that `guard` holds.
    fn release(guard: &MutexGuard<'_, T>, state: &mut State, location: &'static Location<'static>) {
        let id = guard.lock.id(state);
        let poisons = state.execution.me().panicking && !guard.panicking;
        let content = contents::left(MutexGuard::data(guard), guard.found, guard.changed.get());
        let mutex = state.mutex_mut(id);
        mutex.holder = None;
        mutex.poisoned |= poisons;
        let call = ReleaseCall::Unlock;
        state.release(id, Operation::Release { lock: id, call, content, poisons }, location);
    }
}

/// None of these is a method: it would hide one of the data.
impl<'a, T: ?Sized> MutexGuard<'a, T> {
    pub(super) fn mutex(this: &Self) -> &'a Mutex<T> {
        this.lock
    }

    /// Gives the mutex up without a step of its own: the first half of waiting at a condvar.
    pub(super) fn release_in(this: Self, state: &mut State, location: &'static Location<'static>) {
        Mutex::release(&this, state, location);
        core::mem::forget(this);
    }

    fn data(this: &Self) -> &T {
        // SAFETY: the guard's thread holds the lock, so no other thread has access.
        unsafe { &*this.lock.data.get() }
    }

    /// The data, for a condition that looks at it.
    pub(super) fn look(this: &mut Self) -> &mut T {
        // SAFETY: the guard's thread holds the lock, so no other thread has access.
        unsafe { &mut *this.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let location = self.location.get();
        release_point(location);
        try_with(|state| Mutex::release(self, state, location));
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.location.set(Location::caller());
        MutexGuard::data(self)
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        self.location.set(Location::caller());
        self.changed.set(true);
        MutexGuard::look(self)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        MutexGuard::data(self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        MutexGuard::data(self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Mutex");
        match self.try_lock_at(place_of_fmt()) {
            Ok(guard) => text.field("data", &guard),
            Err(TryLockError::Poisoned(error)) => text.field("data", error.get_ref()),
            Err(TryLockError::WouldBlock) => text.field("data", &"<locked>"),
        };
        text.field("poisoned", &self.peek_poison()).finish_non_exhaustive()
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(data: T) -> Self {
        Mutex::new(data)
    }
}
