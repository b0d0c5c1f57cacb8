//! Fixture: each value has a lock of its own, which is taken and released while the lock of the cache is held.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    values: HashMap<K, (Arc<Mutex<V>>, u64)>,
    by_age: BTreeMap<u64, K>,
    clock: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, key: &K) -> Option<Arc<Mutex<V>>> {
        let (value, stamp) = self.values.get_mut(key)?;
        self.clock += 1;
        let key = self.by_age.remove(stamp).unwrap();
        *stamp = self.clock;
        self.by_age.insert(self.clock, key);
        Some(Arc::clone(value))
    }

    fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.values.len() == capacity {
            let (_, oldest) = self.by_age.pop_first().unwrap();
            self.values.remove(&oldest);
        }
        self.clock += 1;
        self.values.insert(key.clone(), (Arc::new(Mutex::new(value)), self.clock));
        self.by_age.insert(self.clock, key);
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { values: HashMap::new(), by_age: BTreeMap::new(), clock: 0 };
        Self { capacity, state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let state = &mut self.state.lock().unwrap();
        let value = state.hit(key)?;
        let value = value.lock().unwrap();
        Some(value.clone())
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        if let Some(old) = state.hit(&key) {
            return Some(std::mem::replace(&mut *old.lock().unwrap(), value));
        }
        state.insert(key, value, self.capacity());
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(&key) {
            return value.lock().unwrap().clone();
        }
        let value = make();
        state.insert(key, value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.state.lock().unwrap().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
