//! What the checks hold, and how they hold it.

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Arc;

pub use harness::message;
use lru_cache::LruCache;

harness::threads!();

pub fn room_for(capacity: usize) -> NonZeroUsize {
    NonZeroUsize::new(capacity).expect("a cache has room for something")
}

/// A cache of numbers, filled from the least to the most recently used.
pub fn holding(capacity: usize, entries: &[(u32, u32)]) -> LruCache<u32, u32> {
    let cache = LruCache::new(room_for(capacity));
    for &(key, value) in entries {
        assert_eq!(cache.put(key, value), None, "`put({key}, {value})` in a cache without that key");
    }
    cache
}

/// A key or a value that knows how many of its clones there are.
#[derive(Debug, Clone)]
pub struct Probe {
    pub number: u32,
    alive: Arc<()>,
}

impl Probe {
    /// How many clones there are besides this one.
    pub fn others(&self) -> usize {
        Arc::strong_count(&self.alive) - 1
    }
}

impl From<u32> for Probe {
    fn from(number: u32) -> Self {
        Probe { number, alive: Arc::new(()) }
    }
}

impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Probe {}

impl Hash for Probe {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}
