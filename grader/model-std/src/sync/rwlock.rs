//! `std::sync::RwLock`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use real::vec::Vec;

use super::contents;
use super::object::{Fresh, Link};
use crate::explore::memory::View;
use crate::explore::object::{Kind, ObjectId, ThreadId};
use crate::explore::runtime::{point, point_now, try_with, with};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};
use model_trace::{AcquireCall, Content, Operation, ReleaseCall, Word};

/// A reader-writer lock: [`std::sync::RwLock`](real::sync::RwLock) in every interleaving. Like std's,
/// it promises no order between readers and writers that wait.
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

/// Shared access, given up on drop.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    /// Where the guard was last used: it is given up there, or later.
    location: Cell<&'static Location<'static>>,
    not_send: PhantomData<*const ()>,
}

/// Exclusive access, given up on drop.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    panicking: bool,
    found: Option<Word>,
    /// Whether the data may have been changed.
    changed: Cell<bool>,
    /// Where the guard was last used: it is given up there, or later.
    location: Cell<&'static Location<'static>>,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the data, no more.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: a shared guard gives shared access to the data, no more.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

/// The state of a lock.
struct Parts<'a> {
    writer: &'a mut Option<ThreadId>,
    readers: &'a mut Vec<ThreadId>,
    poisoned: &'a mut bool,
    /// What the readers had seen when they left: the next writer sees it.
    read_view: &'a mut View,
}

fn parts(state: &mut State, id: ObjectId) -> Parts<'_> {
    match &mut state.object_mut(id).kind {
        Kind::RwLock { writer, readers, poisoned, read_view } => {
            Parts { writer, readers, poisoned, read_view }
        }
        other => unreachable!("a lock operation on a {}", other.type_name()),
    }
}

impl<T> RwLock<T> {
    /// See [`std`](real::sync::RwLock::new).
    #[track_caller]
    pub const fn new(data: T) -> Self {
        RwLock { link: Link::new(), data: Fresh::new(data) }
    }

    /// See [`std`](real::sync::RwLock::into_inner).
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.peek_poison();
        let data = self.data.into_inner();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }
}

impl<T: ?Sized> RwLock<T> {
    fn id(&self, state: &mut State) -> ObjectId {
        let make = |state: &mut State, created| {
            let kind = Kind::RwLock {
                writer: None,
                readers: Vec::new(),
                poisoned: false,
                read_view: View::default(),
            };
            state.add_object(kind, created)
        };
        let (id, found) = self.link.object(state, make);
        self.data.refresh(found);
        id
    }

    /// See [`std`](real::sync::RwLock::read).
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let id = with(|state| self.id(state));
        point(Pending::until(Wait::Read(id), location));
        self.take_shared(id, AcquireCall::Read, location)
    }

    /// See [`std`](real::sync::RwLock::try_read).
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        point_now(location);
        let (id, free) = with(|state| {
            let id = self.id(state);
            state.wants_fine = true;
            let free = parts(state, id).writer.is_none();
            if !free {
                state.looks_at(id);
                state.log(Operation::WouldBlock { lock: id, call: AcquireCall::TryRead }, location);
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
        point(Pending::until(Wait::Write(id), location));
        self.take_exclusive(id, AcquireCall::Write, location)
    }

    /// See [`std`](real::sync::RwLock::try_write).
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        point_now(location);
        let (id, free) = with(|state| {
            let id = self.id(state);
            state.wants_fine = true;
            let Parts { writer, readers, .. } = parts(state, id);
            let (free, reading) = (writer.is_none() && readers.is_empty(), readers.len());
            if !free {
                state.looks_at(id);
                state.learns(reading as u64);
                state.log(Operation::WouldBlock { lock: id, call: AcquireCall::TryWrite }, location);
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
            let me = state.current;
            // Readers do not change what others see: their order among themselves is no matter.
            state.looks_at(id);
            state.acquire_view(id);
            // SAFETY: there is no writer, and none comes while this thread reads.
            let content = contents::word(unsafe { &*self.data.get() });
            let Parts { readers, poisoned, .. } = parts(state, id);
            readers.push(me);
            let poisoned = *poisoned;
            state.log(Operation::Acquire { lock: id, call, content, poisoned }, location);
            poisoned
        });
        let guard = RwLockReadGuard { lock: self, location: Cell::new(location), not_send: PhantomData };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    fn take_exclusive(
        &self,
        id: ObjectId,
        call: AcquireCall,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        let (poisoned, panicking, found) = with(|state| {
            let me = state.current;
            state.changes(id);
            state.acquire_view(id);
            let read_view = core::mem::take(parts(state, id).read_view);
            state.me().view.current.join(&read_view);
            // SAFETY: the lock is free, and from here on this thread holds it.
            let found = contents::word(unsafe { &*self.data.get() });
            let Parts { writer, poisoned, .. } = parts(state, id);
            *writer = Some(me);
            let poisoned = *poisoned;
            state.log(Operation::Acquire { lock: id, call, content: found, poisoned }, location);
            (poisoned, state.me().panicking, found)
        });
        let guard = RwLockWriteGuard {
            lock: self,
            panicking,
            found,
            changed: Cell::new(false),
            location: Cell::new(location),
            not_send: PhantomData,
        };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// See [`std`](real::sync::RwLock::is_poisoned).
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        let location = Location::caller();
        point_now(location);
        with(|state| {
            let id = self.id(state);
            state.wants_fine = true;
            state.looks_at(id);
            let poisoned = *parts(state, id).poisoned;
            state.log(Operation::IsPoisoned { lock: id, poisoned }, location);
            poisoned
        })
    }

    /// See [`std`](real::sync::RwLock::clear_poison).
    #[track_caller]
    pub fn clear_poison(&self) {
        let location = Location::caller();
        point_now(location);
        with(|state| {
            let id = self.id(state);
            state.changes(id);
            state.log(Operation::ClearPoison { lock: id }, location);
            *parts(state, id).poisoned = false;
        });
    }

    /// See [`std`](real::sync::RwLock::get_mut).
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.peek_poison();
        let data = self.data.get_mut();
        if poisoned { Err(PoisonError::new(data)) } else { Ok(data) }
    }

    fn peek_poison(&self) -> bool {
        try_with(|state| {
            let id = self.id(state);
            *parts(state, id).poisoned
        })
        .unwrap_or(false)
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
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
        let (lock, found, changed) = (this.lock, this.found, this.changed.get());
        core::mem::forget(this);
        point_now(location);
        with(|state| {
            let id = lock.id(state);
            let me = state.current;
            state.release_view(id);
            state.changes(id);
            // SAFETY: this thread still holds the lock.
            let content = contents::left(unsafe { &*lock.data.get() }, found, changed);
            state.log(Operation::Downgrade { lock: id, content }, location);
            let Parts { writer, readers, .. } = parts(state, id);
            *writer = None;
            readers.push(me);
        });
        RwLockReadGuard { lock, location: Cell::new(location), not_send: PhantomData }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        if try_with(|state| state.fine && state.stop.is_none()) == Some(true) {
            point_now(self.location.get());
        }
        try_with(|state| {
            let id = self.lock.id(state);
            let me = state.current;
            let seen = state.me().view.current.clone();
            let Parts { readers, read_view, .. } = parts(state, id);
            read_view.join(&seen);
            if let Some(index) = readers.iter().position(|&reader| reader == me) {
                readers.swap_remove(index);
            }
            let (call, content) = (ReleaseCall::UnlockRead, Content::Unchanged);
            state.log(Operation::Release { lock: id, call, content, poisons: false }, self.location.get());
        });
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if try_with(|state| state.fine && state.stop.is_none()) == Some(true) {
            point_now(self.location.get());
        }
        try_with(|state| {
            let id = self.lock.id(state);
            let poisons = state.me().panicking && !self.panicking;
            state.release_view(id);
            state.changes(id);
            let content = contents::left(RwLockWriteGuard::data(self), self.found, self.changed.get());
            let call = ReleaseCall::UnlockWrite;
            state.log(Operation::Release { lock: id, call, content, poisons }, self.location.get());
            let Parts { writer, poisoned, .. } = parts(state, id);
            *writer = None;
            *poisoned |= poisons;
        });
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.location.set(Location::caller());
        // SAFETY: while a reader holds the lock, nobody writes.
        unsafe { &*self.lock.data.get() }
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

guard_formats!(RwLockReadGuard RwLockWriteGuard);

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => text.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => text.field("data", &&**error.get_ref()),
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
