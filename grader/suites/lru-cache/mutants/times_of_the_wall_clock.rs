//! Mutant: the order is that of `Instant`s, and two uses at the same instant are one.
//! Caught by: together::a_hit_is_a_use_at_once (model)
//! Diagnosis: none

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Instant;

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    values: HashMap<K, (V, Instant)>,
    by_age: BTreeMap<Instant, K>,
    clock: Instant,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, key: &K) -> Option<V> {
        let (value, stamp) = self.values.get_mut(key)?;
        self.clock = Instant::now();
        let Some(key) = self.by_age.remove(stamp) else { return Some(value.clone()) };
        *stamp = self.clock;
        self.by_age.insert(self.clock, key);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        self.clock = Instant::now();
        let old = self.values.insert(key.clone(), (value, self.clock));
        if let Some((_, stamp)) = &old {
            self.by_age.remove(stamp);
        }
        self.by_age.insert(self.clock, key);
        if self.values.len() > capacity {
            let Some((_, oldest)) = self.by_age.pop_first() else { return None };
            self.values.remove(&oldest);
        }
        old.map(|(value, _)| value)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { values: HashMap::new(), by_age: BTreeMap::new(), clock: Instant::now() };
        Self { capacity, state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.lock().unwrap().hit(key)
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
