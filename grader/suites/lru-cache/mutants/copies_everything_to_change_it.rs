//! Mutant: every call copies the whole state.
//! Caught by: cost::a_call_looks_at_few_keys (stress)
//! Diagnosis: none

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<Arc<State<K, V>>>,
}

#[derive(Clone)]
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
        Self { capacity, state: Mutex::new(Arc::new(state)) }
    }

    /// Readers keep the state that they have; a changed copy takes its place.
    fn change<R>(&self, change: impl FnOnce(&mut State<K, V>) -> R) -> R {
        let mut current = self.state.lock().unwrap();
        let mut copy = State::clone(&current);
        let result = change(&mut copy);
        *current = Arc::new(copy);
        result
    }

    fn snapshot(&self) -> Arc<State<K, V>> {
        Arc::clone(&self.state.lock().unwrap())
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.change(|state| state.hit(key))
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.change(|state| state.store(key, value, self.capacity()))
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        self.change(|state| {
            state.hit(&key).unwrap_or_else(|| {
                let value = make();
                state.store(key, value.clone(), self.capacity());
                value
            })
        })
    }

    pub fn keys(&self) -> Vec<K> {
        self.snapshot().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.snapshot().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.snapshot().values.is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
