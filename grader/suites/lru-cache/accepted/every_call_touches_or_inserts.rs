//! Fixture: two steps of the state, one that touches a key and one that inserts it, from which each call is built under one lock.

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
        Self { state: Mutex::new(state), capacity: capacity.get() }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().touch(key)
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
