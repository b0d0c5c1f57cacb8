//! The states from which the search has already gone on.

use core::hash::{BuildHasherDefault, Hasher};
use real::collections::HashMap;

use super::digest::Digest;

/// States, and the fewest preemptions with which each was reached.
#[derive(Debug)]
pub(super) struct Visited {
    enabled: bool,
    states: HashMap<Digest, u32, BuildHasherDefault<Lane>>,
}

impl Visited {
    /// No states yet. Unless it is `enabled`, there never are any.
    pub(super) fn new(enabled: bool) -> Self {
        Visited { enabled, states: HashMap::default() }
    }

    /// Whether everything that can follow was already searched from the same state, with at least
    /// as many preemptions left. If not, notes that it is being searched now.
    pub(super) fn has_seen(&mut self, state: Digest, preemptions: usize) -> bool {
        if !self.enabled {
            return false;
        }
        let preemptions = preemptions as u32;
        let fewest = self.states.entry(state).or_insert(u32::MAX);
        let seen = *fewest <= preemptions;
        *fewest = preemptions.min(*fewest);
        seen
    }
}

/// A hasher that passes a lane of a digest on: it is a hash already.
#[derive(Debug, Default)]
pub(super) struct Lane(u64);

impl Hasher for Lane {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a digest consists of words");
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }
}
