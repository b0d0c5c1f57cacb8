//! `std::sync::Mutex`.

mod raw;

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::object::{Fresh, Link};
use crate::explore::acting::{look_point, place_of_fmt, schedule_point};
pub(super) use raw::{Held, RawMutex, Taken};

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
    mutex: RawMutex,
    taken: Taken,
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
    fn raw(&self) -> RawMutex {
        let (id, found) = raw::find(&self.link, typeid::of::<T>());
        self.data.refresh(found);
        RawMutex { id, data: self.data.get().cast() }
    }

    /// See [`std`](real::sync::Mutex::lock). Locking a mutex that the thread holds already is a
    /// deadlock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        let mutex = self.raw();
        self.guard(mutex, mutex.lock(location), location)
    }

    /// The guard of a thread that has taken the mutex.
    pub(super) fn guard(
        &self,
        mutex: RawMutex,
        taken: Taken,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'_, T>> {
        let guard = MutexGuard {
            lock: self,
            mutex,
            taken,
            changed: Cell::new(false),
            location: Cell::new(location),
            not_send: PhantomData,
        };
        if taken.poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::Mutex::try_lock). Fails at once when the mutex is held.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.try_lock_at(Location::caller())
    }

    fn try_lock_at(&self, location: &'static Location<'static>) -> TryLockResult<MutexGuard<'_, T>> {
        look_point(location);
        let mutex = self.raw();
        let taken = mutex.try_take(location).ok_or(TryLockError::WouldBlock)?;
        Ok(self.guard(mutex, taken, location)?)
    }

    /// See [`std`](real::sync::Mutex::is_poisoned).
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        let location = Location::caller();
        look_point(location);
        self.raw().is_poisoned(location)
    }

    /// See [`std`](real::sync::Mutex::clear_poison).
    #[track_caller]
    pub fn clear_poison(&self) {
        let location = Location::caller();
        schedule_point(location);
        self.raw().clear_poison(location);
    }

    /// See [`std`](real::sync::Mutex::get_mut).
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.owned_poison();
        let data = self.data.get_mut();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }

    /// Whether it is poisoned, for an owner who has it to itself.
    fn owned_poison(&self) -> bool {
        self.data.poisoned(raw::owned(&self.link, typeid::of::<T>()))
    }

    fn peek_poison(&self) -> bool {
        self.data.poisoned(raw::peek(&self.link, typeid::of::<T>()))
    }
}

/// None of these is a method: it would hide one of the data.
impl<'a, T: ?Sized> MutexGuard<'a, T> {
    pub(super) fn mutex(this: &Self) -> &'a Mutex<T> {
        this.lock
    }

    /// What the guard would give up at its end, for whoever does that in its place.
    pub(super) fn into_held(this: Self) -> Held {
        let held = MutexGuard::held(&this);
        core::mem::forget(this);
        held
    }

    fn held(this: &Self) -> Held {
        Held { mutex: this.mutex, taken: this.taken, changed: this.changed.get() }
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
        MutexGuard::held(self).release(self.location.get());
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
