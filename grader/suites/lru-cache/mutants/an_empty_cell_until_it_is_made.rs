//! Mutant: puts an empty cell into the cache and makes the value in it: until then the key is listed and has
//! no value.
//! Caught by: making::keys_during_it_are_keys_with_values (model), making::a_put_during_it_is_never_overwritten (model)
//! Diagnosis: torn_operation

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, Arc<OnceLock<V>>>>,
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
        let cell = self.state.lock().unwrap().hit(key)?;
        cell.get().cloned()
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let cell = Arc::new(OnceLock::from(value));
        let old = self.state.lock().unwrap().store(key, cell, self.capacity())?;
        old.get().cloned()
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let cell = {
            let mut state = self.state.lock().unwrap();
            match state.hit(&key) {
                Some(cell) => cell,
                None => {
                    let cell = Arc::new(OnceLock::new());
                    state.store(key, Arc::clone(&cell), self.capacity());
                    cell
                }
            }
        };
        cell.get_or_init(make).clone()
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
