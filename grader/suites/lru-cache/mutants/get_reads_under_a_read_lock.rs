//! Mutant: `get` reads under the read lock, and notes the use under the write lock afterwards.
//! Caught by: together::a_hit_is_a_use_at_once (model)
//! Diagnosis: torn_operation

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::RwLock;

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: RwLock<State<K, V>>,
}

struct State<K, V> {
    entries: HashMap<K, (V, u64)>,
    /// Every use, the oldest first. A use counts if it is its key's last one.
    uses: VecDeque<(K, u64)>,
    now: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn note_use(&mut self, key: &K) {
        self.now += 1;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.1 = self.now;
        }
        self.uses.push_back((key.clone(), self.now));
        if self.uses.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.uses.retain(|(key, time)| entries.get(key).is_some_and(|entry| entry.1 == *time));
        }
    }

    fn evict(&mut self) {
        while let Some((key, time)) = self.uses.pop_front() {
            if self.entries.get(&key).is_some_and(|entry| entry.1 == time) {
                self.entries.remove(&key);
                return;
            }
        }
    }

    fn hit(&mut self, key: &K) -> Option<V> {
        let value = self.entries.get(key)?.0.clone();
        self.note_use(key);
        Some(value)
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        if let Some(entry) = self.entries.get_mut(&key) {
            let old = std::mem::replace(&mut entry.0, value);
            self.note_use(&key);
            return Some(old);
        }
        if self.entries.len() == capacity {
            self.evict();
        }
        self.entries.insert(key.clone(), (value, 0));
        self.note_use(&key);
        None
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { entries: HashMap::new(), uses: VecDeque::new(), now: 0 };
        Self { capacity, state: RwLock::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let value = self.state.read().unwrap().entries.get(key)?.0.clone();
        let mut state = self.state.write().unwrap();
        if state.entries.contains_key(key) {
            state.note_use(key);
        }
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.state.write().unwrap().store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.write().unwrap();
        match state.hit(&key) {
            Some(value) => value,
            None => {
                let value = make();
                state.store(key, value.clone(), self.capacity());
                value
            }
        }
    }

    pub fn keys(&self) -> Vec<K> {
        let state = self.state.read().unwrap();
        let last = |(key, time): &&(K, u64)| state.entries.get(key).is_some_and(|entry| entry.1 == *time);
        state.uses.iter().rev().filter(last).map(|(key, _)| key.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.state.read().unwrap().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.state.read().unwrap().entries.is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
