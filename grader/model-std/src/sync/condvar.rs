//! `std::sync::Condvar`.

use core::fmt;
use core::panic::Location;
use core::time::Duration;
use real::panic::{RefUnwindSafe, UnwindSafe};
use real::sync::{LockResult, PoisonError};

use model_trace::{AcquireCall, Operation};

use super::mutex::{Held, MutexGuard, Taken};
use super::object::Link;
use crate::explore::acting::{schedule_point, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Resumed, Wait};
use crate::time::Instant;

/// A condition variable: [`std::sync::Condvar`](real::sync::Condvar) in every interleaving.
///
/// A wait may end spuriously, within the budget of the search. `notify_one` may wake any of the
/// waiting threads. A timed wait may end at any point of the schedule; then the clock stands at its
/// deadline, at least.
pub struct Condvar {
    link: Link,
}

impl UnwindSafe for Condvar {}
impl RefUnwindSafe for Condvar {}

/// Whether a timed wait ended because its timeout has elapsed.
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
        let make = |state: &mut State, created| {
            state.execution.add_object(Kind::Condvar(object::Condvar::default()), created)
        };
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
        schedule_point(location);
        with(|state| {
            let condvar = self.id(state);
            let waiting = state.condvar(condvar).waiters.len();
            let chosen = state.choose(waiting);
            let waiters = &mut state.condvar_mut(condvar).waiters;
            let woken = (waiting > 0).then(|| waiters.remove(chosen));
            if let Some(woken) = woken {
                state.notify(woken);
            }
            record_notification(
                state,
                condvar,
                Operation::NotifyOne { condvar, woken },
                woken.is_some(),
                location,
            );
        });
    }

    /// See [`std`](real::sync::Condvar::notify_all).
    #[track_caller]
    pub fn notify_all(&self) {
        let location = Location::caller();
        schedule_point(location);
        with(|state| {
            let condvar = self.id(state);
            let waiters = core::mem::take(&mut state.condvar_mut(condvar).waiters);
            waiters.iter().for_each(|waiter| state.notify(*waiter));
            let woken = waiters.len() as u32;
            record_notification(state, condvar, Operation::NotifyAll { condvar, woken }, woken > 0, location);
        });
    }

    fn block<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: &'static Location<'static>,
    ) -> (LockResult<MutexGuard<'a, T>>, Resumed) {
        // Whoever notifies without the lock can do so before this thread waits.
        schedule_point(location);
        let lock = MutexGuard::mutex(&guard);
        let held = MutexGuard::into_held(guard);
        let (taken, resumed) = self.wait_without(held, timeout, location);
        (lock.guard(held.mutex, taken, location), resumed)
    }

    /// Gives a mutex up, waits, and takes it again.
    fn wait_without(
        &self,
        held: Held,
        timeout: Option<Duration>,
        location: &'static Location<'static>,
    ) -> (Taken, Resumed) {
        let mutex = held.mutex.id;
        let (condvar, deadline) = with(|state| {
            let condvar = self.id(state);
            let deadline = timeout.and_then(|timeout| state.deadline(timeout));
            state.record_write(condvar, Operation::Wait { condvar, timeout }, location);
            let me = state.execution.current;
            state.condvar_mut(condvar).waiters.push(me);
            state.await_notification();
            held.release_in(state, location);
            (condvar, deadline)
        });
        let wait = Wait::Condvar { condvar, mutex };
        let resumed = wait_until(Pending { deadline, spurious: true, ..Pending::until(wait, location) });
        with(|state| match resumed {
            Resumed::Granted => state.be_notified(condvar, location),
            Resumed::TimedOut => {
                leave(state, condvar, Operation::TimedOut { object: Some(condvar) }, location)
            }
            Resumed::Spurious => {
                leave(state, condvar, Operation::SpuriousWakeup { object: Some(condvar) }, location);
            }
        });
        if resumed != Resumed::Granted {
            // It has left the queue, and competes for the mutex with everybody else.
            wait_until(Pending::until(Wait::Mutex(mutex), location));
        }
        (held.mutex.take(AcquireCall::Lock, location), resumed)
    }
}

/// Where nobody waits, a notification only finds that: it changes nothing, and others like it may come before or after.
fn record_notification(
    state: &mut State,
    condvar: ObjectId,
    operation: Operation,
    wakes: bool,
    location: &'static Location<'static>,
) {
    match wakes {
        true => state.record_write(condvar, operation, location),
        false => state.record_read(condvar, operation, location),
    }
}

/// The calling thread stops waiting without a notification.
fn leave(state: &mut State, condvar: ObjectId, operation: Operation, location: &'static Location<'static>) {
    let me = state.execution.current;
    state.await_notification();
    state.condvar_mut(condvar).waiters.retain(|&waiter| waiter != me);
    state.record_write(condvar, operation, location);
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
