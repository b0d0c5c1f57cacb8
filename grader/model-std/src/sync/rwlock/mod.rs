//! `std::sync::RwLock`.

mod guards;
mod raw;

use core::fmt;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::object::{Fresh, Link};
use crate::explore::acting::{look_point, place_of_fmt, schedule_point};
pub use guards::{RwLockReadGuard, RwLockWriteGuard};
use raw::{Exclusive, RawRwLock, Shared};

/// A reader-writer lock: [`std::sync::RwLock`](real::sync::RwLock) in every interleaving. Like std's,
/// it promises no order between readers and writers that wait: a reader that comes while a writer waits for others to
/// leave may join them, or wait until the writer has had its turn, and then `try_read` fails.
pub struct RwLock<T: ?Sized> {
    link: Link,
    data: Fresh<T>,
}

// SAFETY: the lock gives its data to one writer or to many readers, as std's does.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as above; readers in several threads share the data.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}
impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

impl<T> RwLock<T> {
    /// See [`std`](real::sync::RwLock::new).
    #[track_caller]
    pub const fn new(data: T) -> Self {
        RwLock { link: Link::new(), data: Fresh::new(data) }
    }

    /// See [`std`](real::sync::RwLock::into_inner).
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.owned_poison();
        let data = self.data.into_inner();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }
}

impl<T: ?Sized> RwLock<T> {
    fn raw(&self) -> RawRwLock {
        let (raw, found) = raw::find(&self.link, typeid::of::<T>(), self.data.get().cast());
        self.data.refresh(found);
        raw
    }

    /// See [`std`](real::sync::RwLock::read).
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let lock = self.raw();
        self.shared(lock, lock.read(location), location)
    }

    fn shared(
        &self,
        lock: RawRwLock,
        Shared { poisoned }: Shared,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockReadGuard<'_, T>> {
        let guard = RwLockReadGuard::new(self, lock, location);
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::RwLock::try_read). Fails at once while a thread writes, and may fail while one waits to
    /// write.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.try_read_at(Location::caller())
    }

    fn try_read_at(&self, location: &'static Location<'static>) -> TryLockResult<RwLockReadGuard<'_, T>> {
        look_point(location);
        let lock = self.raw();
        let taken = lock.try_read(location).ok_or(TryLockError::WouldBlock)?;
        Ok(self.shared(lock, taken, location)?)
    }

    /// See [`std`](real::sync::RwLock::write).
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        let lock = self.raw();
        self.exclusive(lock, lock.write(location), location)
    }

    fn exclusive(
        &self,
        lock: RawRwLock,
        taken: Exclusive,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        let guard = RwLockWriteGuard::new(self, lock, taken, location);
        if taken.poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::RwLock::try_write). Fails at once when any thread reads or writes.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        look_point(location);
        let lock = self.raw();
        let taken = lock.try_write(location).ok_or(TryLockError::WouldBlock)?;
        Ok(self.exclusive(lock, taken, location)?)
    }

    /// See [`std`](real::sync::RwLock::is_poisoned).
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        let location = Location::caller();
        look_point(location);
        self.raw().is_poisoned(location)
    }

    /// See [`std`](real::sync::RwLock::clear_poison).
    #[track_caller]
    pub fn clear_poison(&self) {
        let location = Location::caller();
        schedule_point(location);
        self.raw().clear_poison(location);
    }

    /// See [`std`](real::sync::RwLock::get_mut).
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

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RwLock");
        match self.try_read_at(place_of_fmt()) {
            Ok(guard) => text.field("data", &guard),
            Err(TryLockError::Poisoned(error)) => text.field("data", error.get_ref()),
            Err(TryLockError::WouldBlock) => text.field("data", &format_args!("<locked>")),
        };
        text.field("poisoned", &self.peek_poison()).finish_non_exhaustive()
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(data: T) -> Self {
        RwLock::new(data)
    }
}
