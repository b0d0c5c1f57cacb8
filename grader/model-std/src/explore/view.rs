//! Views: for each atomic the oldest store that whoever has the view may still read, and the time that has passed.

use core::time::Duration;

use smallvec::SmallVec;

/// What happens before a step.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// For each atomic, by its number, the stamp of a store in its modification order.
    stamps: SmallVec<[u32; 6]>,
    /// The latest time on the clock of a thread. `None`: no time has passed, and no thread has looked at its clock.
    pub(super) time: Option<Duration>,
}

impl Clone for View {
    #[inline]
    fn clone(&self) -> Self {
        // Locks alone come to no atomic. What `SmallVec` does by itself goes through one number after the other.
        let stamps =
            if self.stamps.is_empty() { SmallVec::new() } else { SmallVec::from_slice(&self.stamps) };
        View { stamps, time: self.time }
    }
}

impl View {
    pub(crate) fn get(&self, atomic: usize) -> u32 {
        self.stamps.get(atomic).copied().unwrap_or(0)
    }

    pub(crate) fn raise(&mut self, atomic: usize, stamp: u32) {
        if self.stamps.len() <= atomic {
            self.stamps.resize(atomic + 1, 0);
        }
        self.stamps[atomic] = self.stamps[atomic].max(stamp);
    }

    /// Whether it has a newer store of any atomic.
    pub(super) fn is_ahead_of(&self, other: &View) -> bool {
        self.stamps.iter().enumerate().any(|(atomic, &stamp)| stamp > other.get(atomic))
    }

    #[inline]
    pub(crate) fn join(&mut self, other: &View) {
        if other.time.is_some() {
            self.time = self.time.max(other.time);
        }
        // Locks alone come to no atomic.
        if !other.stamps.is_empty() {
            self.join_stamps(other);
        }
    }

    fn join_stamps(&mut self, other: &View) {
        if self.stamps.len() < other.stamps.len() {
            self.stamps.resize(other.stamps.len(), 0);
        }
        for (mine, theirs) in self.stamps.iter_mut().zip(&other.stamps) {
            *mine = (*mine).max(*theirs);
        }
    }
}
