//! Mutant: `get` looks the value up, and moves the key only if it is still there and the lock is free.
//! Caught by: together::a_hit_is_a_use_at_once (model)
//! Diagnosis: check_then_act

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
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
        Self { capacity, state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let value = self.state.lock().unwrap().values.get(key)?.0.clone();
        if let Ok(mut state) = self.state.try_lock() {
            state.hit(key);
        }
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.state.lock().unwrap().store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(&key) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.state.lock().unwrap().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.state.lock().unwrap().values.is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
