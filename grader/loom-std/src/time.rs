//! `std::time`. Time does not pass in loom: whoever asks for it is told so.

use core::convert::Infallible;
use core::ops::{Add, AddAssign, Sub, SubAssign};

pub use real::time::{Duration, SystemTime, SystemTimeError, TryFromFloatSecsError, UNIX_EPOCH};

use crate::run::not_expressible;

/// See [`std`](real::time::Instant). There is none: [`now`](Self::now) ends the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Infallible);

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl Instant {
    #[must_use]
    #[track_caller]
    pub fn now() -> Instant {
        not_expressible("Instant::now", "time does not pass in loom")
    }

    #[must_use]
    pub fn duration_since(&self, _: Instant) -> Duration {
        match self.0 {}
    }

    #[must_use]
    pub fn checked_duration_since(&self, _: Instant) -> Option<Duration> {
        match self.0 {}
    }

    #[must_use]
    pub fn saturating_duration_since(&self, _: Instant) -> Duration {
        match self.0 {}
    }

    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match self.0 {}
    }

    #[must_use]
    pub fn checked_add(&self, _: Duration) -> Option<Instant> {
        match self.0 {}
    }

    #[must_use]
    pub fn checked_sub(&self, _: Duration) -> Option<Instant> {
        match self.0 {}
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, _: Duration) -> Instant {
        match self.0 {}
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, _: Duration) {
        match self.0 {}
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, _: Duration) -> Instant {
        match self.0 {}
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, _: Duration) {
        match self.0 {}
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, _: Instant) -> Duration {
        match self.0 {}
    }
}
