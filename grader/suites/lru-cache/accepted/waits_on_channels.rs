//! Fixture: a thread that waits for a value gets it through a channel.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shared: Mutex<Shared<K, V>>,
}

struct Shared<K, V> {
    state: State<K, V>,
    /// The threads that wait for each key. A channel that is dropped without a value means: try again.
    waiting: HashMap<K, Vec<Sender<V>>>,
}

struct State<K, V> {
    values: HashMap<K, (V, u64)>,
    by_age: BTreeMap<u64, K>,
    clock: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, key: &K) -> Option<V> {
        let (value, stamp) = self.values.get_mut(key)?;
        self.clock += 1;
        let key = self.by_age.remove(stamp).unwrap();
        *stamp = self.clock;
        self.by_age.insert(self.clock, key);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        self.clock += 1;
        let old = self.values.insert(key.clone(), (value, self.clock));
        if let Some((_, stamp)) = &old {
            self.by_age.remove(stamp);
        }
        self.by_age.insert(self.clock, key);
        if self.values.len() > capacity {
            let (_, oldest) = self.by_age.pop_first().unwrap();
            self.values.remove(&oldest);
        }
        old.map(|(value, _)| value)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { values: HashMap::new(), by_age: BTreeMap::new(), clock: 0 };
        Self { capacity, shared: Mutex::new(Shared { state, waiting: HashMap::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<K, V>> {
        self.shared.lock().unwrap()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().state.hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.lock().state.store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        loop {
            let mut shared = self.lock();
            if let Some(value) = shared.state.hit(&key) {
                return value;
            }
            let Some(line) = shared.waiting.get_mut(&key) else {
                shared.waiting.insert(key.clone(), Vec::new());
                break;
            };
            let (sender, receiver) = mpsc::channel();
            line.push(sender);
            drop(shared);
            if let Ok(value) = receiver.recv() {
                return value;
            }
        }
        let line = Line { cache: self, key: &key };
        let value = make();
        let mut shared = line.cache.lock();
        let waiting = shared.waiting.remove(&key).unwrap_or_default();
        let value = match shared.state.hit(&key) {
            Some(present) => present,
            None => {
                shared.state.store(key.clone(), value.clone(), self.capacity());
                value
            }
        };
        for sender in waiting {
            // The thread that waits still has its receiver.
            let _ = sender.send(value.clone());
        }
        drop(shared);
        std::mem::forget(line);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().state.by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().state.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}

/// Makes all waiters try again when `make` panics.
struct Line<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Line<'_, K, V> {
    fn drop(&mut self) {
        self.cache.lock().waiting.remove(self.key);
    }
}
