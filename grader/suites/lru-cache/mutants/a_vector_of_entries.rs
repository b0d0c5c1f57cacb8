//! Mutant: a vector that is searched.
//! Caught by: cost::a_call_looks_at_few_keys (stress), cost::a_call_takes_no_longer_in_a_large_cache (stress)
//! Diagnosis: none
//! Whole: every call searches a vector: the cost is the design, and no correct program has it.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: usize,
    /// The most recently used one last.
    entries: Mutex<Vec<(K, V)>>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity: capacity.get(), entries: Mutex::new(Vec::new()) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut entries = self.entries.lock().unwrap();
        let position = entries.iter().position(|entry| entry.0 == *key)?;
        let entry = entries.remove(position);
        let value = entry.1.clone();
        entries.push(entry);
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut entries = self.entries.lock().unwrap();
        let position = entries.iter().position(|entry| entry.0 == key);
        let old = position.map(|position| entries.remove(position).1);
        if entries.len() == self.capacity {
            entries.remove(0);
        }
        entries.push((key, value));
        old
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut entries = self.entries.lock().unwrap();
        if let Some(position) = entries.iter().position(|entry| entry.0 == key) {
            let entry = entries.remove(position);
            let value = entry.1.clone();
            entries.push(entry);
            return value;
        }
        let value = make();
        if entries.len() == self.capacity {
            entries.remove(0);
        }
        entries.push((key, value.clone()));
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.entries.lock().unwrap().iter().rev().map(|entry| entry.0.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}
