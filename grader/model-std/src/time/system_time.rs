//! `SystemTime`.

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};
use core::panic::Location;
use real::time;

use super::{Duration, SystemTimeError, look};

/// See [`std`](real::time::SystemTime).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemTime(time::SystemTime);

/// See [`std`](real::time::UNIX_EPOCH).
pub const UNIX_EPOCH: SystemTime = SystemTime(time::UNIX_EPOCH);

/// What the clock shows when an execution begins: 18 May 2033, 03:33:20 UTC. It is always the same one, so that a schedule
/// leads to the same execution on another day.
const START: Duration = Duration::from_secs(2_000_000_000);

impl SystemTime {
    /// See [`std`](real::time::SystemTime::UNIX_EPOCH).
    pub const UNIX_EPOCH: SystemTime = UNIX_EPOCH;

    /// The time on the thread's clock. See [`std`](real::time::SystemTime::now).
    #[must_use]
    #[track_caller]
    pub fn now() -> SystemTime {
        UNIX_EPOCH + START.saturating_add(look(Location::caller()))
    }

    /// See [`std`](real::time::SystemTime::duration_since).
    #[allow(clippy::missing_errors_doc, reason = "std's say it")]
    pub fn duration_since(&self, earlier: SystemTime) -> Result<Duration, SystemTimeError> {
        self.0.duration_since(earlier.0)
    }

    /// See [`std`](real::time::SystemTime::elapsed).
    #[allow(clippy::missing_errors_doc, reason = "std's say it")]
    #[track_caller]
    pub fn elapsed(&self) -> Result<Duration, SystemTimeError> {
        SystemTime::now().duration_since(*self)
    }

    /// See [`std`](real::time::SystemTime::checked_add).
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_add(duration).map(SystemTime)
    }

    /// See [`std`](real::time::SystemTime::checked_sub).
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_sub(duration).map(SystemTime)
    }
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Add<Duration> for SystemTime {
    type Output = SystemTime;

    #[track_caller]
    fn add(self, duration: Duration) -> SystemTime {
        self.checked_add(duration).expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for SystemTime {
    #[track_caller]
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for SystemTime {
    type Output = SystemTime;

    #[track_caller]
    fn sub(self, duration: Duration) -> SystemTime {
        self.checked_sub(duration).expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for SystemTime {
    #[track_caller]
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}
