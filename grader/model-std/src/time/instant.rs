//! `Instant`.

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};
use core::panic::Location;

use super::{Duration, look};

/// See [`std`](real::time::Instant).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

/// The seconds at which the clock of a system is zero: it goes as far back as forward, as those of Unix do.
const ZERO: u64 = 1 << 63;

/// What the clock shows when an execution begins. Not zero: programs subtract from instants.
const START: Duration = Duration::from_secs(ZERO + 1_000_000);

impl Instant {
    /// The time on the thread's clock. See [`std`](real::time::Instant::now).
    #[must_use]
    #[track_caller]
    pub fn now() -> Instant {
        Instant(START.saturating_add(look(Location::caller())))
    }

    /// See [`std`](real::time::Instant::duration_since).
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }

    /// See [`std`](real::time::Instant::checked_duration_since).
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    /// See [`std`](real::time::Instant::saturating_duration_since).
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// See [`std`](real::time::Instant::elapsed).
    #[must_use]
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(*self)
    }

    /// See [`std`](real::time::Instant::checked_add).
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_add(duration).map(Instant)
    }

    /// See [`std`](real::time::Instant::checked_sub).
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs().wrapping_sub(ZERO).cast_signed();
        f.debug_struct("Instant").field("tv_sec", &seconds).field("tv_nsec", &self.0.subsec_nanos()).finish()
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration).expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for Instant {
    #[track_caller]
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for Instant {
    #[track_caller]
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}
