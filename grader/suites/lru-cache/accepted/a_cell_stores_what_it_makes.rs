//! Fixture: a `OnceLock` for each key that is being made; its initialiser also stores the value, so those that wait for it have nothing left to do.
//!
//! When `make` panics, the cell stays empty, and the next caller that finds it initialises it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shared: Mutex<Shared<K, V>>,
}

struct Shared<K, V> {
    state: State<K, V>,
    flights: HashMap<K, Arc<OnceLock<V>>>,
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
        Self { capacity, shared: Mutex::new(Shared { state, flights: HashMap::new() }) }
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
        let flight = {
            let mut shared = self.lock();
            if let Some(value) = shared.state.hit(&key) {
                return value;
            }
            Arc::clone(shared.flights.entry(key.clone()).or_default())
        };
        let initialise = || {
            let value = make();
            let mut shared = self.lock();
            shared.flights.remove(&key);
            if let Some(present) = shared.state.hit(&key) {
                return present;
            }
            shared.state.store(key, value.clone(), self.capacity());
            value
        };
        flight.get_or_init(initialise).clone()
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
