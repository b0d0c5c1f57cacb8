//! Fixture: a hit needs a read lock: it is noted, and applied to the order before any call can observe the order.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, RwLock, RwLockWriteGuard};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: RwLock<State<K, V>>,
    /// Hits, in their order, that `state` does not know yet. Noted under the read lock, applied under the write
    /// lock before anything else.
    uses: Mutex<Vec<K>>,
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
        Self { capacity, state: RwLock::new(state), uses: Mutex::new(Vec::new()) }
    }

    fn write(&self) -> RwLockWriteGuard<'_, State<K, V>> {
        let mut state = self.state.write().unwrap();
        for key in self.uses.lock().unwrap().drain(..) {
            state.hit(&key);
        }
        state
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let entries = self.state.read().unwrap();
        let value = entries.values.get(key)?.0.clone();
        let mut uses = self.uses.lock().unwrap();
        uses.push(key.clone());
        let many = uses.len() >= 64;
        drop(uses);
        drop(entries);
        if many {
            drop(self.write());
        }
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.write().store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let mut state = self.write();
        if let Some(value) = state.hit(&key) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.write().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.state.read().unwrap().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
