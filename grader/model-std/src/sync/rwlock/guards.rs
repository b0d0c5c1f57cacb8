//! The guards of an `RwLock`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use core::ptr::NonNull;
use real::panic::RefUnwindSafe;

use super::RwLock;
use super::raw::{Exclusive, RawRwLock};
use crate::explore::acting::schedule_point;

/// Shared access, released on drop.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    lock: RawRwLock,
    /// Not a borrow of the lock: as with std's, a guard of `&'static str` can stand for one of a shorter `&str`.
    data: NonNull<T>,
    borrows: PhantomData<&'a ()>,
    /// Where the guard was last used: it is released there, or later.
    location: Cell<&'static Location<'static>>,
    not_send: PhantomData<*const ()>,
}

/// Exclusive access, released on drop.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    raw: RawRwLock,
    taken: Exclusive,
    /// Whether the data may have been changed.
    changed: Cell<bool>,
    /// Where the guard was last used: it is released there, or later.
    location: Cell<&'static Location<'static>>,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the data, no more.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: a shared guard gives shared access to the data, no more.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}
// What a guard notes beside its data is whole after every panic.
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for RwLockReadGuard<'_, T> {}
impl<T: ?Sized> RefUnwindSafe for RwLockWriteGuard<'_, T> {}

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    /// The calling thread holds `lock` together with other readers.
    pub(super) fn new(lock: &'a RwLock<T>, raw: RawRwLock, location: &'static Location<'static>) -> Self {
        // SAFETY: the pointer of a cell is not null.
        let data = unsafe { NonNull::new_unchecked(lock.data.get()) };
        let location = Cell::new(location);
        RwLockReadGuard { lock: raw, data, borrows: PhantomData, location, not_send: PhantomData }
    }

    /// Not a method: it would hide one of the data.
    fn data(this: &Self) -> &T {
        // SAFETY: while a reader holds the lock, no thread writes.
        unsafe { this.data.as_ref() }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// The calling thread holds `lock` alone.
    pub(super) fn new(
        lock: &'a RwLock<T>,
        raw: RawRwLock,
        taken: Exclusive,
        location: &'static Location<'static>,
    ) -> Self {
        RwLockWriteGuard {
            lock,
            raw,
            taken,
            changed: Cell::new(false),
            location: Cell::new(location),
            not_send: PhantomData,
        }
    }

    /// Not a method: it would hide one of the data.
    fn data(this: &Self) -> &T {
        // SAFETY: the guard's thread is the only one with access.
        unsafe { &*this.lock.data.get() }
    }

    /// See [`std`](real::sync::RwLockWriteGuard::downgrade).
    #[must_use = "if unused the RwLock will immediately unlock"]
    #[track_caller]
    pub fn downgrade(this: Self) -> RwLockReadGuard<'a, T> {
        let location = Location::caller();
        let (lock, raw, taken, changed) = (this.lock, this.raw, this.taken, this.changed.get());
        core::mem::forget(this);
        schedule_point(location);
        raw.downgrade(taken, changed, location);
        RwLockReadGuard::new(lock, raw, location)
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.release_shared(self.location.get());
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.raw.release_exclusive(self.taken, self.changed.get(), self.location.get());
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.location.set(Location::caller());
        RwLockReadGuard::data(self)
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.location.set(Location::caller());
        RwLockWriteGuard::data(self)
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        self.location.set(Location::caller());
        self.changed.set(true);
        // SAFETY: the guard's thread is the only one with access.
        unsafe { &mut *self.lock.data.get() }
    }
}

macro_rules! guard_formats {
    ($($guard:ident)*) => { $(
        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $guard::data(self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $guard::data(self).fmt(f)
            }
        }
    )* };
}

guard_formats!(RwLockReadGuard RwLockWriteGuard);
