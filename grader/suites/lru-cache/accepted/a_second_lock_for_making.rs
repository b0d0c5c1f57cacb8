//! Fixture: one lock for the state and one for making; a miss checks again with the second one held.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
    /// Held while a value is made, so that `get` and `put` can go on meanwhile.
    making: Mutex<()>,
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
        Self { capacity, state: Mutex::new(state), making: Mutex::new(()) }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.lock().store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // The thread that made a value before may have made this one.
        if let Some(value) = self.get(&key) {
            return value;
        }
        let value = make();
        let mut state = self.lock();
        if let Some(present) = state.hit(&key) {
            return present;
        }
        state.store(key, value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
