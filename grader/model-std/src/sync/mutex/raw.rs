//! A mutex without the type of its data: what it does is compiled once, and not in every program for each type.

use core::any::TypeId;
use core::panic::Location;

use model_trace::{AcquireCall, Operation, ReleaseCall, Word};

use crate::explore::acting::{release_point, try_with, wait_until_made, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};
use crate::sync::contents;
use crate::sync::object::{Link, Use};

/// A mutex in the running execution.
#[derive(Clone, Copy)]
pub(in crate::sync) struct RawMutex {
    pub(in crate::sync) id: ObjectId,
    /// Where its data are. Whoever uses this borrows the mutex.
    pub(super) data: *const u8,
}

/// What a thread finds that takes a mutex.
#[derive(Clone, Copy)]
pub(in crate::sync) struct Taken {
    pub(super) poisoned: bool,
    /// Whether the thread was unwinding already: then the end of its guard poisons nothing.
    panicking: bool,
    /// The data, if they are a primitive value.
    found: Option<Word>,
}

/// A mutex with data of the type `of`, as an object of the running execution.
fn object(link: &Link, of: TypeId, state: &mut State) -> (ObjectId, Use) {
    link.object(state, |state, created| {
        let mutex = object::Mutex { reader: contents::reader(of), ..object::Mutex::default() };
        state.execution.add_object(Kind::Mutex(mutex), created)
    })
}

/// [`object()`], for the acting thread.
pub(super) fn find(link: &Link, of: TypeId) -> (ObjectId, Use) {
    with(|state| object(link, of, state))
}

/// [`object()`] and whether it is poisoned, for an owner who has it to itself: what others did with it happens before. `None`:
/// no execution runs.
pub(super) fn owned(link: &Link, of: TypeId) -> Option<(bool, Use)> {
    try_with(|state| {
        let (id, found) = object(link, of, state);
        state.leave(id);
        (state.mutex(id).poisoned, found)
    })
}

/// [`object()`] and whether it is poisoned, without a look at it that counts. `None`: no execution runs.
pub(super) fn peek(link: &Link, of: TypeId) -> Option<(bool, Use)> {
    try_with(|state| {
        let (id, found) = object(link, of, state);
        (state.mutex(id).poisoned, found)
    })
}

impl RawMutex {
    /// Waits until the mutex is free, and makes the calling thread the holder.
    pub(super) fn lock(self, location: &'static Location<'static>) -> Taken {
        wait_until_made(|| Pending::until(Wait::Mutex(self.id), location));
        self.take(AcquireCall::Lock, location)
    }

    /// Makes the calling thread the holder. The mutex is free.
    pub(in crate::sync) fn take(self, call: AcquireCall, location: &'static Location<'static>) -> Taken {
        let RawMutex { id, data } = self;
        with(|state| {
            let me = state.execution.current;
            let mutex = state.mutex_mut(id);
            debug_assert!(mutex.holder.is_none(), "a mutex is taken while it is free");
            mutex.holder = Some(me);
            let poisoned = mutex.poisoned;
            // SAFETY: the mutex is free, and from here on this thread holds it. The reader is the one for its data.
            let found = mutex.reader.map(|read| unsafe { read(data) });
            state.acquire(id, Operation::Acquire { lock: id, call, content: found, poisoned }, location);
            Taken { poisoned, panicking: state.execution.me().panicking, found }
        })
    }

    /// Makes the calling thread the holder, unless another one is.
    pub(super) fn try_take(self, location: &'static Location<'static>) -> Option<Taken> {
        let RawMutex { id, .. } = self;
        let call = AcquireCall::TryLock;
        let held = with(|state| {
            let held = state.mutex(id).holder.is_some();
            if held {
                state.record_read(id, Operation::WouldBlock { lock: id, call }, location);
            }
            held
        });
        if held { None } else { Some(self.take(call, location)) }
    }

    pub(super) fn is_poisoned(self, location: &'static Location<'static>) -> bool {
        let RawMutex { id, .. } = self;
        with(|state| {
            let poisoned = state.mutex(id).poisoned;
            state.record_read(id, Operation::IsPoisoned { lock: id, poisoned }, location);
            poisoned
        })
    }

    pub(super) fn clear_poison(self, location: &'static Location<'static>) {
        let RawMutex { id, .. } = self;
        with(|state| {
            state.mutex_mut(id).poisoned = false;
            state.record_write(id, Operation::ClearPoison { lock: id }, location);
        });
    }
}

/// What a guard gives up at its end.
#[derive(Clone, Copy)]
pub(in crate::sync) struct Held {
    pub(in crate::sync) mutex: RawMutex,
    pub(super) taken: Taken,
    /// Whether the data may have been changed.
    pub(super) changed: bool,
}

impl Held {
    /// Gives the mutex up, in a step of its own where releases are steps.
    pub(super) fn release(self, location: &'static Location<'static>) {
        release_point(location);
        try_with(|state| self.release_in(state, location));
    }

    /// Gives the mutex up without a step of its own: the first half of waiting at a condvar.
    pub(in crate::sync) fn release_in(self, state: &mut State, location: &'static Location<'static>) {
        let Held { mutex: RawMutex { id, data }, taken: Taken { panicking, found, .. }, changed } = self;
        let poisons = state.execution.me().panicking && !panicking;
        let mutex = state.mutex_mut(id);
        // SAFETY: this thread holds the mutex still. The reader is the one for its data.
        let left = || mutex.reader.map(|read| unsafe { read(data) });
        let content = contents::left(changed, found, left);
        mutex.holder = None;
        mutex.poisoned |= poisons;
        let call = ReleaseCall::Unlock;
        state.release(id, Operation::Release { lock: id, call, content, poisons }, location);
    }
}
