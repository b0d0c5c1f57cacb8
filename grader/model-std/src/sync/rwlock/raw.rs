//! A reader-writer lock without the type of its data: what it does is compiled once, and not in every program for each
//! type.

use core::any::TypeId;
use core::mem;
use core::panic::Location;

use model_trace::{AcquireCall, Content, Operation, ReleaseCall, Word};

use crate::explore::acting::{release_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};
use crate::sync::contents;
use crate::sync::object::{Link, Use};

/// A reader-writer lock in the running execution.
#[derive(Clone, Copy)]
pub(super) struct RawRwLock {
    id: ObjectId,
    /// Where its data are. Whoever uses this borrows the lock.
    data: *const u8,
}

/// A lock with data of the type `of`, as an object of the running execution.
fn object(link: &Link, of: TypeId, state: &mut State) -> (ObjectId, Use) {
    link.object(state, |state, created| {
        let lock = object::RwLock { reader: contents::reader(of), ..object::RwLock::default() };
        state.execution.add_object(Kind::RwLock(lock), created)
    })
}

/// [`object()`], for the acting thread.
pub(super) fn find(link: &Link, of: TypeId, data: *const u8) -> (RawRwLock, Use) {
    let (id, found) = with(|state| object(link, of, state));
    (RawRwLock { id, data }, found)
}

/// [`object()`] and whether it is poisoned, for an owner who has it to itself: what others did with it happens before. `None`:
/// no execution runs.
pub(super) fn owned(link: &Link, of: TypeId) -> Option<(bool, Use)> {
    try_with(|state| {
        let (id, found) = object(link, of, state);
        state.leave(id);
        let lock = state.rwlock_mut(id);
        let (poisoned, read_view) = (lock.poisoned, mem::take(&mut lock.read_view));
        state.execution.me().see_all(&read_view);
        (poisoned, found)
    })
}

/// [`object()`] and whether it is poisoned, without a look at it that counts. `None`: no execution runs.
pub(super) fn peek(link: &Link, of: TypeId) -> Option<(bool, Use)> {
    try_with(|state| {
        let (id, found) = object(link, of, state);
        (state.rwlock(id).poisoned, found)
    })
}

/// What a reader finds.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) poisoned: bool,
}

/// What a writer finds.
#[derive(Clone, Copy)]
pub(super) struct Exclusive {
    pub(super) poisoned: bool,
    /// Whether the thread was unwinding already: then the end of its guard poisons nothing.
    panicking: bool,
    /// The data, if they are a primitive value.
    found: Option<Word>,
}

impl RawRwLock {
    /// Waits until the calling thread may read, and makes it a reader.
    pub(super) fn read(self, location: &'static Location<'static>) -> Shared {
        let RawRwLock { id, .. } = self;
        wait_until(Pending::until(Wait::Read(id), location));
        if with(|state| state.lets_writer_go_first(id)) {
            wait_until(Pending::until(Wait::ReadBehind(id), location));
        }
        self.take_shared(AcquireCall::Read, location)
    }

    /// Makes the calling thread a reader, if it may be one.
    pub(super) fn try_read(self, location: &'static Location<'static>) -> Option<Shared> {
        let RawRwLock { id, .. } = self;
        let call = AcquireCall::TryRead;
        let free = with(|state| {
            let free = state.rwlock(id).admits_reader() && !state.lets_writer_go_first(id);
            if !free {
                state.record_read(id, Operation::WouldBlock { lock: id, call }, location);
            }
            free
        });
        free.then(|| self.take_shared(call, location))
    }

    /// Waits until the calling thread may write, and makes it the writer.
    pub(super) fn write(self, location: &'static Location<'static>) -> Exclusive {
        wait_until(Pending::until(Wait::Write(self.id), location));
        self.take_exclusive(AcquireCall::Write, location)
    }

    /// Makes the calling thread the writer, if it may be that.
    pub(super) fn try_write(self, location: &'static Location<'static>) -> Option<Exclusive> {
        let RawRwLock { id, .. } = self;
        let call = AcquireCall::TryWrite;
        let free = with(|state| {
            let lock = state.rwlock(id);
            let (free, readers) = (lock.admits_writer(), lock.readers.len());
            if !free {
                // Readers leave without changing the lock for others: how many there are is a result of its own.
                state.look(id);
                state.record_result(readers as u64, Operation::WouldBlock { lock: id, call }, location);
            }
            free
        });
        free.then(|| self.take_exclusive(call, location))
    }

    /// Makes the calling thread one of the readers. There is no writer.
    fn take_shared(self, call: AcquireCall, location: &'static Location<'static>) -> Shared {
        let RawRwLock { id, data } = self;
        with(|state| {
            let me = state.execution.current;
            let lock = state.rwlock_mut(id);
            lock.readers.push(me);
            let poisoned = lock.poisoned;
            // SAFETY: there is no writer, and none comes while this thread reads. The reader is the one for the data.
            let content = lock.reader.map(|read| unsafe { read(data) });
            // Readers do not change what others see: their order among themselves is no matter.
            state.observe(id, Operation::Acquire { lock: id, call, content, poisoned }, location);
            Shared { poisoned }
        })
    }

    /// Makes the calling thread the writer. The lock is free.
    fn take_exclusive(self, call: AcquireCall, location: &'static Location<'static>) -> Exclusive {
        let RawRwLock { id, data } = self;
        with(|state| {
            let me = state.execution.current;
            let lock = state.rwlock_mut(id);
            lock.writer = Some(me);
            // SAFETY: the lock is free, and from here on this thread holds it. The reader is the one for its data.
            let found = lock.reader.map(|read| unsafe { read(data) });
            let (poisoned, read_view) = (lock.poisoned, mem::take(&mut lock.read_view));
            let operation = Operation::Acquire { lock: id, call, content: found, poisoned };
            state.acquire(id, operation, location);
            let me = state.execution.me();
            me.see_all(&read_view);
            Exclusive { poisoned, panicking: me.panicking, found }
        })
    }

    pub(super) fn is_poisoned(self, location: &'static Location<'static>) -> bool {
        let RawRwLock { id, .. } = self;
        with(|state| {
            let poisoned = state.rwlock(id).poisoned;
            state.record_read(id, Operation::IsPoisoned { lock: id, poisoned }, location);
            poisoned
        })
    }

    pub(super) fn clear_poison(self, location: &'static Location<'static>) {
        let RawRwLock { id, .. } = self;
        with(|state| {
            state.rwlock_mut(id).poisoned = false;
            state.record_write(id, Operation::ClearPoison { lock: id }, location);
        });
    }

    /// A reader leaves.
    pub(super) fn release_shared(self, location: &'static Location<'static>) {
        let RawRwLock { id, .. } = self;
        release_point(location);
        try_with(|state| {
            let me = state.execution.current;
            let seen = state.execution.me().seen();
            let lock = state.rwlock_mut(id);
            lock.read_view.join(&seen);
            if let Some(index) = lock.readers.iter().position(|&reader| reader == me) {
                lock.readers.swap_remove(index);
            }
            // What other threads see of the lock does not change: only a writer waits for its readers.
            let (call, content) = (ReleaseCall::UnlockRead, Content::Unchanged);
            state.record(Operation::Release { lock: id, call, content, poisons: false }, location);
        });
    }

    /// The writer leaves, who may have changed the data.
    pub(super) fn release_exclusive(
        self,
        taken: Exclusive,
        changed: bool,
        location: &'static Location<'static>,
    ) {
        let RawRwLock { id, .. } = self;
        release_point(location);
        try_with(|state| {
            let poisons = state.execution.me().panicking && !taken.panicking;
            let content = self.content(taken, changed, state);
            let lock = state.rwlock_mut(id);
            lock.writer = None;
            lock.poisoned |= poisons;
            let call = ReleaseCall::UnlockWrite;
            state.release(id, Operation::Release { lock: id, call, content, poisons }, location);
        });
    }

    /// The writer, who may have changed the data, becomes a reader.
    pub(super) fn downgrade(self, taken: Exclusive, changed: bool, location: &'static Location<'static>) {
        let RawRwLock { id, .. } = self;
        with(|state| {
            let me = state.execution.current;
            let content = self.content(taken, changed, state);
            let held = state.rwlock_mut(id);
            held.writer = None;
            held.readers.push(me);
            state.release(id, Operation::Downgrade { lock: id, content }, location);
        });
    }

    /// What the writer leaves behind, which is the calling thread.
    fn content(self, taken: Exclusive, changed: bool, state: &State) -> Content {
        let reader = state.rwlock(self.id).reader;
        // SAFETY: this thread still holds the lock. The reader is the one for its data.
        contents::left(changed, taken.found, || reader.map(|read| unsafe { read(self.data) }))
    }
}
