//! The limit of wall time, for as long as the machine runs.

use std::time::{Duration, Instant};

/// Counts the time for which a child was watched. Where the machine stands still (a laptop that is closed, a virtual
/// machine that is paused) the child does as well, and the time that has passed meanwhile says nothing about it.
#[derive(Debug)]
pub(super) struct Watchdog {
    limit: Duration,
    watched: Duration,
    last_look: Instant,
}

/// The most that counts between two looks. They follow each other much faster, on a busy machine too.
const MOST_BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Watchdog {
    /// Begins to count at `now`, up to `limit`.
    pub(super) fn new(limit: Duration, now: Instant) -> Self {
        Self { limit, watched: Duration::ZERO, last_look: now }
    }

    /// Looks at the time. Returns what is left of the limit.
    pub(super) fn left(&mut self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.last_look);
        self.watched += passed.min(MOST_BETWEEN_LOOKS);
        self.last_look = now;
        self.limit.saturating_sub(self.watched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_is_watched_counts_in_full() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(Duration::from_secs(3), start);
        assert_eq!(watchdog.left(start + Duration::from_secs(1)), Duration::from_secs(2));
        assert_eq!(watchdog.left(start + Duration::from_millis(2_500)), Duration::from_millis(500));
        assert_eq!(watchdog.left(start + Duration::from_secs(4)), Duration::ZERO);
    }

    #[test]
    fn a_pause_of_the_machine_hardly_counts() {
        let start = Instant::now();
        let mut watchdog = Watchdog::new(Duration::from_secs(120), start);
        let after_an_hour = start + Duration::from_secs(3_600);
        assert_eq!(watchdog.left(after_an_hour), Duration::from_secs(118));
        assert_eq!(watchdog.left(after_an_hour + Duration::from_secs(1)), Duration::from_secs(117));
    }
}
