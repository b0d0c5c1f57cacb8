//! `std::sync::RwLock`.

mod guards;

use core::fmt;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use model_trace::{AcquireCall, Operation};

use super::contents;
use super::object::{Fresh, Link, Use};
use crate::explore::acting::{look_point, place_of_fmt, schedule_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};
pub use guards::{RwLockReadGuard, RwLockWriteGuard};

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
/// The lock that a link leads to.
fn object_of(link: &Link, state: &mut State) -> (ObjectId, Use) {
    let make = |state: &mut State, created| {
        state.execution.add_object(Kind::RwLock(object::RwLock::default()), created)
    };
    link.object(state, make)
}

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
    fn id(&self, state: &mut State) -> ObjectId {
        let (id, found) = object_of(&self.link, state);
        self.data.refresh(found);
        id
    }

    /// See [`std`](real::sync::RwLock::read).
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let id = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Read(id), location));
        if with(|state| state.lets_writer_go_first(id)) {
            wait_until(Pending::until(Wait::ReadBehind(id), location));
        }
        self.take_shared(id, AcquireCall::Read, location)
    }

    /// See [`std`](real::sync::RwLock::try_read).
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.try_read_at(Location::caller())
    }

    fn try_read_at(&self, location: &'static Location<'static>) -> TryLockResult<RwLockReadGuard<'_, T>> {
        look_point(location);
        let (id, free) = with(|state| {
            let id = self.id(state);
            let free = state.rwlock(id).admits_reader() && !state.lets_writer_go_first(id);
            if !free {
                let call = AcquireCall::TryRead;
                state.record_read(id, Operation::WouldBlock { lock: id, call }, location);
            }
            (id, free)
        });
        if !free {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.take_shared(id, AcquireCall::TryRead, location)?)
    }

    /// See [`std`](real::sync::RwLock::write).
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        let id = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Write(id), location));
        self.take_exclusive(id, AcquireCall::Write, location)
    }

    /// See [`std`](real::sync::RwLock::try_write).
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        look_point(location);
        let (id, free) = with(|state| {
            let id = self.id(state);
            let lock = state.rwlock(id);
            let (free, readers) = (lock.admits_writer(), lock.readers.len());
            if !free {
                // Readers leave without changing the lock for others: how many there are is a result of its own.
                state.look(id);
                let call = AcquireCall::TryWrite;
                state.record_result(readers as u64, Operation::WouldBlock { lock: id, call }, location);
            }
            (id, free)
        });
        if !free {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.take_exclusive(id, AcquireCall::TryWrite, location)?)
    }

    fn take_shared(
        &self,
        id: ObjectId,
        call: AcquireCall,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockReadGuard<'_, T>> {
        let poisoned = with(|state| {
            // SAFETY: there is no writer, and none comes while this thread reads.
            let content = contents::word(unsafe { &*self.data.get() });
            let me = state.execution.current;
            let lock = state.rwlock_mut(id);
            lock.readers.push(me);
            let poisoned = lock.poisoned;
            // Readers do not change what others see: their order among themselves is no matter.
            state.observe(id, Operation::Acquire { lock: id, call, content, poisoned }, location);
            poisoned
        });
        let guard = RwLockReadGuard::new(self, location);
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    fn take_exclusive(
        &self,
        id: ObjectId,
        call: AcquireCall,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        let (poisoned, found) = with(|state| {
            // SAFETY: the lock is free, and from here on this thread holds it.
            let found = contents::word(unsafe { &*self.data.get() });
            let me = state.execution.current;
            let lock = state.rwlock_mut(id);
            lock.writer = Some(me);
            let (poisoned, read_view) = (lock.poisoned, core::mem::take(&mut lock.read_view));
            let operation = Operation::Acquire { lock: id, call, content: found, poisoned };
            state.acquire(id, operation, location);
            state.execution.me().see_all(&read_view);
            (poisoned, found)
        });
        let guard = RwLockWriteGuard::new(self, found, location);
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::RwLock::is_poisoned).
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        let location = Location::caller();
        look_point(location);
        with(|state| {
            let id = self.id(state);
            let poisoned = state.rwlock(id).poisoned;
            state.record_read(id, Operation::IsPoisoned { lock: id, poisoned }, location);
            poisoned
        })
    }

    /// See [`std`](real::sync::RwLock::clear_poison).
    #[track_caller]
    pub fn clear_poison(&self) {
        let location = Location::caller();
        schedule_point(location);
        with(|state| {
            let id = self.id(state);
            state.rwlock_mut(id).poisoned = false;
            state.record_write(id, Operation::ClearPoison { lock: id }, location);
        });
    }

    /// See [`std`](real::sync::RwLock::get_mut).
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
            let read_view = core::mem::take(&mut state.rwlock_mut(id).read_view);
            state.execution.me().see_all(&read_view);
        });
        self.peek_poison()
    }

    fn peek_poison(&self) -> bool {
        try_with(|state| {
            let id = self.id(state);
            state.rwlock(id).poisoned
        })
        .unwrap_or(false)
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
