//! Fixture: a hit is noted in a list of its own, which every call but `get` applies first; `get` applies it when it has grown long.
//!
//! A hit is noted under the lock of the state, so the notes have the order of the hits, and no key that is noted is gone
//! when its note is applied: whatever evicts applies the notes first.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};

struct State<K, V> {
    index: HashMap<K, (V, u64)>,
    order: BTreeMap<u64, K>,
    now: u64,
}

pub struct LruCache<K, V> {
    state: Mutex<State<K, V>>,
    capacity: usize,
    used: Mutex<Vec<K>>,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn touch(&mut self, key: &K) -> Option<V> {
        let (value, time) = self.index.get_mut(key)?;
        let key = self.order.remove(time).unwrap();
        self.now += 1;
        *time = self.now;
        self.order.insert(self.now, key);
        Some(value.clone())
    }

    fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.index.len() == capacity {
            let (_, oldest) = self.order.pop_first().unwrap();
            self.index.remove(&oldest);
        }
        self.now += 1;
        self.order.insert(self.now, key.clone());
        self.index.insert(key, (value, self.now));
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { index: HashMap::new(), order: BTreeMap::new(), now: 0 };
        Self { state: Mutex::new(state), capacity: capacity.get(), used: Mutex::new(Vec::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        let mut state = self.state.lock().unwrap();
        let used = std::mem::take(&mut *self.used.lock().unwrap());
        for key in used {
            state.touch(&key);
        }
        state
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        let value = state.index.get(key)?.0.clone();
        let mut used = self.used.lock().unwrap();
        used.push(key.clone());
        if used.len() >= 128 {
            for key in used.drain(..) {
                state.touch(&key);
            }
        }
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.lock();
        if state.touch(&key).is_some() {
            let slot = &mut state.index.get_mut(&key).unwrap().0;
            return Some(std::mem::replace(slot, value));
        }
        state.insert(key, value, self.capacity);
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.lock();
        if let Some(value) = state.touch(&key) {
            return value;
        }
        let value = make();
        state.insert(key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().order.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}
