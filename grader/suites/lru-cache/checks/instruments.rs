//! What the checks hold, and how they hold it.

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use harness::message;
use lru_cache::LruCache;

/// What the thread returned; a panic in it is a panic here, with its message.
pub fn finish<T>(thread: JoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(payload) => panic!("a thread panicked: {}", message(&*payload)),
    }
}

pub fn room_for(capacity: usize) -> NonZeroUsize {
    NonZeroUsize::new(capacity).expect("a cache has room for something")
}

/// Starts a thread that shares the cache; `role` is its name in schedules.
pub fn with<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: &Arc<T>,
    work: impl FnOnce(&T) -> R + Send + 'static,
) -> JoinHandle<R> {
    start_boxed(role, Arc::clone(shared), Box::new(work))
}

/// Compiled once for all closures that return the same.
fn start_boxed<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: Arc<T>,
    work: Box<dyn FnOnce(&T) -> R + Send>,
) -> JoinHandle<R> {
    harness::model::name_next_thread(role);
    thread::spawn(move || work(&shared))
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
