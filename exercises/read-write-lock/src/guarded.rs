//! Data behind a `RawReadWriteLock`, and guards that unlock it. Given.
//!
//! This is the one place with `unsafe`: the compiler cannot see that a lock is held. It is sound as long as
//! the raw lock keeps its promise: while one thread holds it exclusively, no other thread holds it at all.

use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

use crate::RawReadWriteLock;

/// Data that any number of threads may read at once, or one thread alone may write.
#[derive(Default)]
pub struct ReadWriteLock<T: ?Sized> {
    raw: RawReadWriteLock,
    data: Guarded<T>,
}

/// The data. Only the guards touch it while the lock is shared between threads.
#[derive(Default)]
struct Guarded<T: ?Sized>(UnsafeCell<T>);

// SAFETY: the field is private to this module, which reaches the data through `&Guarded` in the guards alone.
// A `ReadGuard` lends `&T` to several threads at once, which `T: Sync` allows. A `WriteGuard` lends `&mut T`,
// which can move the data to its thread, as `T: Send` allows, and exists only while there is no other guard.
unsafe impl<T: ?Sized + Send + Sync> Sync for Guarded<T> {}

/// Makes a guard stay in its thread, and allows other threads to look through a reference to it: a mutex's
/// guard is `Sync` and not `Send`.
type StaysInItsThread = PhantomData<MutexGuard<'static, ()>>;

impl<T> ReadWriteLock<T> {
    /// An unlocked lock around `data`.
    pub fn new(data: T) -> Self {
        Self { raw: RawReadWriteLock::new(), data: Guarded(UnsafeCell::new(data)) }
    }

    /// The data, without the lock.
    pub fn into_inner(self) -> T {
        self.data.0.into_inner()
    }
}

impl<T: ?Sized> ReadWriteLock<T> {
    /// Blocks until this thread may read. No writer enters while the guard lives.
    pub fn read(&self) -> ReadGuard<'_, T> {
        self.raw.lock_shared();
        ReadGuard { lock: self, stays: PhantomData }
    }

    /// Blocks until this thread has exclusive access. No other thread enters while the guard lives.
    pub fn write(&self) -> WriteGuard<'_, T> {
        self.raw.lock_exclusive();
        WriteGuard { lock: self, stays: PhantomData }
    }

    /// Like `read`, but `None` instead of waiting.
    pub fn try_read(&self) -> Option<ReadGuard<'_, T>> {
        self.raw.try_lock_shared().then(|| ReadGuard { lock: self, stays: PhantomData })
    }

    /// Like `write`, but `None` instead of waiting.
    pub fn try_write(&self) -> Option<WriteGuard<'_, T>> {
        self.raw.try_lock_exclusive().then(|| WriteGuard { lock: self, stays: PhantomData })
    }

    /// The data without locking: `&mut self` proves that no other thread has access.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.0.get_mut()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for ReadWriteLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_read() {
            Some(data) => f.debug_struct("ReadWriteLock").field("data", &&*data).finish(),
            None => f.debug_struct("ReadWriteLock").finish_non_exhaustive(),
        }
    }
}

/// Shared access. The lock is released when the guard is dropped, also while a panic unwinds.
#[must_use = "the lock is given back when the guard is dropped"]
pub struct ReadGuard<'lock, T: ?Sized> {
    lock: &'lock ReadWriteLock<T>,
    stays: StaysInItsThread,
}

impl<T: ?Sized> Deref for ReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the raw lock shared until it is dropped, and the reference ends before that.
        // So there is no `WriteGuard` of this lock, and with it no `&mut T`, as long as the raw lock is right.
        // `get_mut` and `into_inner` need the lock to themselves, and this guard borrows it.
        unsafe { &*self.lock.data.0.get() }
    }
}

impl<T: ?Sized> Drop for ReadGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.raw.unlock_shared();
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for ReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Exclusive access. The lock is released when the guard is dropped, also while a panic unwinds.
#[must_use = "the lock is given back when the guard is dropped"]
pub struct WriteGuard<'lock, T: ?Sized> {
    lock: &'lock ReadWriteLock<T>,
    stays: StaysInItsThread,
}

impl<T: ?Sized> Deref for WriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the raw lock exclusively until it is dropped, and the reference ends before
        // that. So there is no other guard of this lock, as long as the raw lock is right; and `&self` keeps
        // `deref_mut` of this one away meanwhile.
        unsafe { &*self.lock.data.0.get() }
    }
}

impl<T: ?Sized> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`; and `&mut self` lets no other reference through this guard live meanwhile.
        unsafe { &mut *self.lock.data.0.get() }
    }
}

impl<T: ?Sized> Drop for WriteGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.raw.unlock_exclusive();
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for WriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
