//! Data behind a `RawReentrantLock`, and a guard that unlocks it. Given.
//!
//! This is the one place with `unsafe`: the compiler cannot see that a lock is held. It is sound as long as
//! the raw lock keeps its promise: while one thread holds it, no other thread holds it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::RawReentrantLock;

/// Data for one thread at a time, which may lock it any number of times: so its guards lend `&T`, not `&mut T`.
pub struct ReentrantLock<T: ?Sized> {
    raw: RawReentrantLock,
    data: Guarded<T>,
}

/// The data. Only guards touch it.
struct Guarded<T: ?Sized>(T);

// SAFETY: the field is private to this module, which reaches the data through the guards alone. All guards that
// exist at a time are in one thread, because the raw lock has one owner, and a guard neither leaves its thread nor
// lends itself to another one. So only one thread at a time has a `&T`, which is like sending the data around.
unsafe impl<T: ?Sized + Send> Sync for Guarded<T> {}

/// Makes a guard neither `Send` nor `Sync`.
type StaysInItsThread = PhantomData<*const ()>;

impl<T> ReentrantLock<T> {
    /// An unlocked lock around `data`.
    pub fn new(data: T) -> Self {
        Self { raw: RawReentrantLock::new(), data: Guarded(data) }
    }
}

impl<T: ?Sized> ReentrantLock<T> {
    /// Blocks until no other thread holds the lock. A thread that holds it already gets another guard at once.
    pub fn lock(&self) -> ReentrantGuard<'_, T> {
        self.raw.lock();
        ReentrantGuard { lock: self, stays: PhantomData }
    }

    /// Like `lock`, but `None` instead of waiting.
    pub fn try_lock(&self) -> Option<ReentrantGuard<'_, T>> {
        self.raw.try_lock().then(|| ReentrantGuard { lock: self, stays: PhantomData })
    }
}

impl<T: Default> Default for ReentrantLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for ReentrantLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_lock() {
            Some(data) => f.debug_struct("ReentrantLock").field("data", &&*data).finish(),
            None => f.debug_struct("ReentrantLock").finish_non_exhaustive(),
        }
    }
}

/// Access to the data. The lock is unlocked once when the guard is dropped, also while a panic unwinds.
#[must_use = "the lock is given back when the guard is dropped"]
pub struct ReentrantGuard<'lock, T: ?Sized> {
    lock: &'lock ReentrantLock<T>,
    stays: StaysInItsThread,
}

impl<T: ?Sized> Deref for ReentrantGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.lock.data.0
    }
}

impl<T: ?Sized> Drop for ReentrantGuard<'_, T> {
    fn drop(&mut self) {
        // The guard has stayed in the thread that locked: it is the owner, and a right lock does not refuse it.
        let _ = self.lock.raw.unlock();
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for ReentrantGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
