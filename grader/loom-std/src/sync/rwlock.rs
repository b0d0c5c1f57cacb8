//! `std::sync::RwLock`.

use core::fmt;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::sync::{LockResult, TryLockError, TryLockResult};

use super::poison::{Poison, Taken};
use crate::run::{not_expressible, step};

/// See [`std`](real::sync::RwLock). The lock is loom's.
pub struct RwLock<T: ?Sized> {
    poison: Poison,
    loom: loom::sync::RwLock<T>,
}

impl<T: ?Sized> real::panic::UnwindSafe for RwLock<T> {}
impl<T: ?Sized> real::panic::RefUnwindSafe for RwLock<T> {}

/// See [`std`](real::sync::RwLockReadGuard).
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a>(loom::sync::RwLockReadGuard<'a, T>);

/// See [`std`](real::sync::RwLockWriteGuard).
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    poison: &'a Poison,
    taken: Taken,
    loom: loom::sync::RwLockWriteGuard<'a, T>,
}

impl<T> RwLock<T> {
    /// See [`std`](real::sync::RwLock::new). Not `const`: loom's is not.
    pub fn new(data: T) -> RwLock<T> {
        RwLock { poison: Poison::default(), loom: loom::sync::RwLock::new(data) }
    }

    /// See [`std`](real::sync::RwLock::into_inner).
    ///
    /// # Errors
    /// Never: a poisoned lock ends the run.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        self.poison.check();
        self.loom.into_inner()
    }
}

#[allow(clippy::missing_errors_doc, reason = "errors are std's, but that a poisoned lock ends the run")]
impl<T: ?Sized> RwLock<T> {
    /// See [`std`](real::sync::RwLock::read).
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        self.poison.check();
        let guard = step("read", Location::caller(), || self.loom.read());
        guard.map(RwLockReadGuard).map_err(|_| unreachable!("loom's lock is never poisoned"))
    }

    /// See [`std`](real::sync::RwLock::try_read).
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.poison.check();
        let guard = step("try_read", Location::caller(), || self.loom.try_read());
        guard.map(RwLockReadGuard).map_err(|_| TryLockError::WouldBlock)
    }

    /// See [`std`](real::sync::RwLock::write).
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.poison.check();
        let guard = step("write", Location::caller(), || self.loom.write());
        guard.map(|loom| self.guard(loom)).map_err(|_| unreachable!("loom's lock is never poisoned"))
    }

    /// See [`std`](real::sync::RwLock::try_write).
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        self.poison.check();
        let guard = step("try_write", Location::caller(), || self.loom.try_write());
        guard.map(|loom| self.guard(loom)).map_err(|_| TryLockError::WouldBlock)
    }

    /// See [`std`](real::sync::RwLock::is_poisoned). A poisoned lock ends the run.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.poison.check();
        false
    }

    /// See [`std`](real::sync::RwLock::clear_poison). A poisoned lock ends the run.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.poison.check();
    }

    /// See [`std`](real::sync::RwLock::get_mut).
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.poison.check();
        self.loom.get_mut()
    }

    fn guard<'a>(&'a self, loom: loom::sync::RwLockWriteGuard<'a, T>) -> RwLockWriteGuard<'a, T> {
        RwLockWriteGuard { poison: &self.poison, taken: Poison::take(), loom }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// See [`std`](real::sync::RwLockWriteGuard::downgrade). Ends the run.
    #[track_caller]
    pub fn downgrade(_: Self) -> RwLockReadGuard<'a, T> {
        not_expressible("RwLockWriteGuard::downgrade", "loom has none")
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.poison.give_back(&self.taken);
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.loom
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.loom
    }
}

macro_rules! formatted {
    ($($guard:ident)*) => { $(
        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}

formatted!(RwLockReadGuard RwLockWriteGuard);

impl<T: ?Sized> fmt::Debug for RwLock<T> {
    /// Without the data: to look at them would be a step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock").finish_non_exhaustive()
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(data: T) -> Self {
        RwLock::new(data)
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        RwLock::new(T::default())
    }
}
