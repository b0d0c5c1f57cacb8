//! `std::sync::Condvar`.

use core::fmt;
use core::panic::Location;
use core::time::Duration;
use real::sync::LockResult;

use super::MutexGuard;
use crate::run::{not_expressible, step};

/// See [`std`](real::sync::Condvar). The condition variable is loom's: it wakes the thread that has waited
/// longest, and never spuriously.
pub struct Condvar {
    loom: loom::sync::Condvar,
}

impl real::panic::UnwindSafe for Condvar {}
impl real::panic::RefUnwindSafe for Condvar {}

/// See [`std`](real::sync::WaitTimeoutResult). There is none: a wait with a timeout ends the run.
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(core::convert::Infallible);

impl WaitTimeoutResult {
    /// See [`std`](real::sync::WaitTimeoutResult::timed_out).
    #[must_use]
    pub fn timed_out(&self) -> bool {
        match self.0 {}
    }
}

/// What waits with a timeout return.
type Timed<'a, T> = LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>;

const NO_TIMEOUTS: &str = "a wait in loom never times out";

impl Condvar {
    /// See [`std`](real::sync::Condvar::new). Not `const`: loom's is not.
    #[must_use]
    pub fn new() -> Condvar {
        Condvar { loom: loom::sync::Condvar::new() }
    }

    /// See [`std`](real::sync::Condvar::wait).
    ///
    /// # Errors
    /// Never: a poisoned mutex ends the run.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let place = Location::caller();
        Ok(MutexGuard::waiting(guard, |guard| {
            step("wait", place, || self.loom.wait(guard)).expect("loom's mutex is never poisoned")
        }))
    }

    /// See [`std`](real::sync::Condvar::wait_while).
    ///
    /// # Errors
    /// Never: a poisoned mutex ends the run.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// See [`std`](real::sync::Condvar::wait_timeout). Ends the run.
    ///
    /// # Errors
    /// Never.
    #[track_caller]
    pub fn wait_timeout<'a, T>(&self, _: MutexGuard<'a, T>, _: Duration) -> Timed<'a, T> {
        not_expressible("Condvar::wait_timeout", NO_TIMEOUTS)
    }

    /// See [`std`](real::sync::Condvar::wait_timeout_ms). Ends the run.
    ///
    /// # Errors
    /// Never.
    #[deprecated(note = "replaced by `std::sync::Condvar::wait_timeout`")]
    #[track_caller]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        _: MutexGuard<'a, T>,
        _: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        not_expressible("Condvar::wait_timeout_ms", NO_TIMEOUTS)
    }

    /// See [`std`](real::sync::Condvar::wait_timeout_while). Ends the run.
    ///
    /// # Errors
    /// Never.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(&self, _: MutexGuard<'a, T>, _: Duration, _: F) -> Timed<'a, T>
    where
        F: FnMut(&mut T) -> bool,
    {
        not_expressible("Condvar::wait_timeout_while", NO_TIMEOUTS)
    }

    /// See [`std`](real::sync::Condvar::notify_one).
    #[track_caller]
    pub fn notify_one(&self) {
        step("notify_one", Location::caller(), || self.loom.notify_one());
    }

    /// See [`std`](real::sync::Condvar::notify_all).
    #[track_caller]
    pub fn notify_all(&self) {
        step("notify_all", Location::caller(), || self.loom.notify_all());
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    fn default() -> Condvar {
        Condvar::new()
    }
}
