//! `std::sync::Mutex`.

use core::fmt;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::sync::{LockResult, TryLockError, TryLockResult};

use super::poison::{Poison, Taken};
use crate::run::step;

/// See [`std`](real::sync::Mutex). The mutex is loom's.
pub struct Mutex<T: ?Sized> {
    poison: Poison,
    loom: loom::sync::Mutex<T>,
}

impl<T: ?Sized> real::panic::UnwindSafe for Mutex<T> {}
impl<T: ?Sized> real::panic::RefUnwindSafe for Mutex<T> {}

/// See [`std`](real::sync::MutexGuard).
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    lock: &'a Mutex<T>,
    taken: Taken,
    /// `None` while it waits at a condition variable.
    loom: Option<loom::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    /// See [`std`](real::sync::Mutex::new). Not `const`: loom's is not.
    pub fn new(data: T) -> Mutex<T> {
        Mutex { poison: Poison::default(), loom: loom::sync::Mutex::new(data) }
    }

    /// See [`std`](real::sync::Mutex::into_inner).
    ///
    /// # Errors
    /// Never: a poisoned mutex ends the run.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        self.poison.check();
        self.loom.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// See [`std`](real::sync::Mutex::lock).
    ///
    /// # Errors
    /// Never: a poisoned mutex ends the run.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.poison.check();
        let guard = step("lock", Location::caller(), || self.loom.lock());
        guard.map(|loom| self.guard(loom)).map_err(|_| unreachable!("loom's mutex is never poisoned"))
    }

    /// See [`std`](real::sync::Mutex::try_lock).
    ///
    /// # Errors
    /// When the mutex is held. A poisoned one ends the run.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.poison.check();
        match step("try_lock", Location::caller(), || self.loom.try_lock()) {
            Ok(loom) => Ok(self.guard(loom)),
            Err(_) => Err(TryLockError::WouldBlock),
        }
    }

    /// See [`std`](real::sync::Mutex::is_poisoned). A poisoned mutex ends the run.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.poison.check();
        false
    }

    /// See [`std`](real::sync::Mutex::clear_poison). A poisoned mutex ends the run.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.poison.check();
    }

    /// See [`std`](real::sync::Mutex::get_mut).
    ///
    /// # Errors
    /// Never: a poisoned mutex ends the run.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.poison.check();
        self.loom.get_mut()
    }

    fn guard<'a>(&'a self, loom: loom::sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        MutexGuard { lock: self, taken: Poison::take(), loom: Some(loom) }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Hands loom's guard to `wait`, which gives one back.
    pub(super) fn waiting(
        mut this: Self,
        wait: impl FnOnce(loom::sync::MutexGuard<'a, T>) -> loom::sync::MutexGuard<'a, T>,
    ) -> Self {
        this.lock.poison.give_back(&this.taken);
        this.loom = this.loom.take().map(wait);
        this.taken = Poison::take();
        this
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.loom.is_some() {
            self.lock.poison.give_back(&self.taken);
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.loom.as_ref().expect("only a waiting guard is empty, and nobody has that")
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.loom.as_mut().expect("only a waiting guard is empty, and nobody has that")
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    /// Without the data: to look at them would be a step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(data: T) -> Self {
        Mutex::new(data)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}
