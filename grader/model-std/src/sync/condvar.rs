//! `std::sync::Condvar`.

use core::fmt;
use core::panic::Location;
use core::time::Duration;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError};
use real::vec::Vec;

use super::mutex::MutexGuard;
use super::object::Link;
use crate::explore::object::{Kind, ObjectId, ThreadId};
use crate::explore::runtime::{point, point_now, with};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Resumed, Wait};
use crate::time::{Instant, deadline};
use model_trace::{AcquireCall, Operation};

/// A condition variable: [`std::sync::Condvar`](real::sync::Condvar) in every interleaving.
///
/// A wait may end for no reason, within the budget of the search. `notify_one` may wake any of the
/// waiting threads. A timed wait may end at any point of the schedule; then the clock stands at its
/// deadline, at least.
pub struct Condvar {
    link: Link,
}

impl UnwindSafe for Condvar {}
impl RefUnwindSafe for Condvar {}

/// Whether a timed wait ended because its time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// See [`std`](real::sync::WaitTimeoutResult::timed_out).
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// See [`std`](real::sync::Condvar::new).
    #[must_use]
    #[track_caller]
    pub const fn new() -> Self {
        Condvar { link: Link::new() }
    }

    fn id(&self, state: &mut State) -> ObjectId {
        let make =
            |state: &mut State, created| state.add_object(Kind::Condvar { waiters: Vec::new() }, created);
        self.link.object(state, make).0
    }

    /// See [`std`](real::sync::Condvar::wait).
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.block(guard, None, Location::caller()).0
    }

    /// See [`std`](real::sync::Condvar::wait_while).
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(MutexGuard::look(&mut guard)) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// See [`std`](real::sync::Condvar::wait_timeout).
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, resumed) = self.block(guard, Some(timeout), Location::caller());
        let result = WaitTimeoutResult(resumed == Resumed::TimedOut);
        match guard {
            Ok(guard) => Ok((guard, result)),
            Err(poison) => Err(PoisonError::new((poison.into_inner(), result))),
        }
    }

    /// See [`std`](real::sync::Condvar::wait_timeout_ms).
    #[deprecated(note = "replaced by `std::sync::Condvar::wait_timeout`")]
    #[track_caller]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        ms: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        match self.wait_timeout(guard, Duration::from_millis(ms.into())) {
            Ok((guard, result)) => Ok((guard, !result.timed_out())),
            Err(poison) => {
                let (guard, result) = poison.into_inner();
                Err(PoisonError::new((guard, !result.timed_out())))
            }
        }
    }

    /// See [`std`](real::sync::Condvar::wait_timeout_while).
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let start = Instant::now();
        loop {
            if !condition(MutexGuard::look(&mut guard)) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            // As std does it: a timeout of nothing left is a timeout.
            let Some(left) = timeout.checked_sub(start.elapsed()) else {
                return Ok((guard, WaitTimeoutResult(true)));
            };
            if left.is_zero() {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.wait_timeout(guard, left)?.0;
        }
    }

    /// See [`std`](real::sync::Condvar::notify_one).
    #[track_caller]
    pub fn notify_one(&self) {
        let location = Location::caller();
        point_now(location);
        with(|state| {
            let id = self.id(state);
            state.changes(id);
            let waiting = waiters(state, id).len();
            if waiting == 0 {
                state.log(Operation::NotifyOne { condvar: id, woken: None }, location);
                return;
            }
            let chosen = state.choose(waiting);
            let woken = waiters(state, id).remove(chosen);
            notify(state, woken);
            state.log(Operation::NotifyOne { condvar: id, woken: Some(woken) }, location);
        });
    }

    /// See [`std`](real::sync::Condvar::notify_all).
    #[track_caller]
    pub fn notify_all(&self) {
        let location = Location::caller();
        point_now(location);
        with(|state| {
            let id = self.id(state);
            state.changes(id);
            let woken = core::mem::take(waiters(state, id));
            state.log(Operation::NotifyAll { condvar: id, woken: woken.len() as u32 }, location);
            for thread in woken {
                notify(state, thread);
            }
        });
    }

    fn block<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: &'static Location<'static>,
    ) -> (LockResult<MutexGuard<'a, T>>, Resumed) {
        // Whoever notifies without the lock can do so before this thread waits.
        point_now(location);
        let mutex = MutexGuard::mutex(&guard);
        let (condvar_id, mutex_id, deadline) = with(|state| {
            let (condvar_id, mutex_id) = (self.id(state), mutex.id(state));
            let deadline = timeout.map(|timeout| deadline(state, timeout));
            state.log(Operation::Wait { condvar: condvar_id, timeout }, location);
            state.changes(condvar_id);
            let me = state.current;
            waiters(state, condvar_id).push(me);
            state.me().notified = false;
            MutexGuard::release_in(guard, state, location);
            (condvar_id, mutex_id, deadline)
        });
        let wait = Wait::Condvar { condvar: condvar_id, mutex: mutex_id };
        let resumed = point(Pending { deadline, spurious: true, ..Pending::until(wait, location) });
        with(|state| match resumed {
            Resumed::Granted => {
                state.me().notified = false;
                let time = state.me().woken;
                state.woken_at(time);
                state.looks_at(condvar_id);
                state.log(Operation::Notified { condvar: condvar_id }, location);
            }
            Resumed::TimedOut => {
                leave(state, condvar_id);
                state.log(Operation::TimedOut { object: Some(condvar_id) }, location);
            }
            Resumed::Spurious => {
                leave(state, condvar_id);
                state.log(Operation::SpuriousWakeup { object: Some(condvar_id) }, location);
            }
        });
        if resumed != Resumed::Granted {
            // It has left the queue, and competes for the mutex with everybody else.
            point(Pending::until(Wait::Mutex(mutex_id), location));
        }
        (mutex.take(mutex_id, AcquireCall::Lock, location), resumed)
    }
}

/// Promises the mutex to a waiting thread.
fn notify(state: &mut State, waiter: ThreadId) {
    let time = state.me().clock;
    let waiter = &mut state.threads[waiter.index()];
    waiter.notified = true;
    waiter.woken = time;
}

/// The calling thread stops waiting without a notification.
fn leave(state: &mut State, id: ObjectId) {
    let me = state.current;
    state.changes(id);
    state.me().notified = false;
    waiters(state, id).retain(|&waiter| waiter != me);
}

fn waiters(state: &mut State, id: ObjectId) -> &mut Vec<ThreadId> {
    match &mut state.object_mut(id).kind {
        Kind::Condvar { waiters } => waiters,
        other => unreachable!("a condvar operation on a {}", other.type_name()),
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Condvar::new()
    }
}
