//! Fixture: each key has a number, the time of its first use; entries and order are known by that number alone.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: usize,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    ids: HashMap<K, u64>,
    entries: HashMap<u64, (K, V, u64)>,
    order: BTreeMap<u64, u64>,
    time: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { ids: HashMap::new(), entries: HashMap::new(), order: BTreeMap::new(), time: 0 };
        Self { capacity: capacity.get(), state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.lock().unwrap().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.state.lock().unwrap().store(key, value, self.capacity)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(&key) {
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
    fn hit(&mut self, key: &K) -> Option<V> {
        let id = *self.ids.get(key)?;
        let (_, value, time) = self.entries.get_mut(&id)?;
        self.order.remove(time);
        self.time += 1;
        *time = self.time;
        self.order.insert(self.time, id);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        self.time += 1;
        let id = *self.ids.entry(key.clone()).or_insert(self.time);
        let old = self.entries.insert(id, (key, value, self.time));
        if let Some((_, _, time)) = &old {
            self.order.remove(time);
        }
        self.order.insert(self.time, id);
        if self.entries.len() > capacity {
            let (_, oldest) = self.order.pop_first().unwrap();
            let (evicted, ..) = self.entries.remove(&oldest).unwrap();
            self.ids.remove(&evicted);
        }
        old.map(|(_, value, _)| value)
    }
}
