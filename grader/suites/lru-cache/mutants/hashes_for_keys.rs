//! Mutant: knows keys by their hash alone.
//! Caught by: alone::keys_with_the_same_hash_are_different_keys (stress)
//! Diagnosis: none

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: usize,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    entries: HashMap<u64, (K, V, u64)>,
    order: BTreeMap<u64, u64>,
    time: u64,
}

fn id<K: Hash>(key: &K) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { entries: HashMap::new(), order: BTreeMap::new(), time: 0 };
        Self { capacity: capacity.get(), state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.lock().unwrap().hit(id(key))
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.state.lock().unwrap().store(key, value, self.capacity)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(id(&key)) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let state = self.state.lock().unwrap();
        state.order.values().rev().map(|id| state.entries[id].0.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, id: u64) -> Option<V> {
        let (_, value, time) = self.entries.get_mut(&id)?;
        self.order.remove(time);
        self.time += 1;
        *time = self.time;
        self.order.insert(self.time, id);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        let id = id(&key);
        self.time += 1;
        let old = self.entries.insert(id, (key, value, self.time));
        if let Some((_, _, time)) = &old {
            self.order.remove(time);
        }
        self.order.insert(self.time, id);
        if self.entries.len() > capacity {
            let (_, oldest) = self.order.pop_first().unwrap();
            self.entries.remove(&oldest);
        }
        old.map(|(_, value, _)| value)
    }
}
