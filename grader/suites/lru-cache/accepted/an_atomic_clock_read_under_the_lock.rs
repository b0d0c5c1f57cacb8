//! Fixture: the clock is an atomic beside the lock, but a use takes its time under the lock: times have the order of the uses.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
    clock: AtomicU64,
}

struct State<K, V> {
    values: HashMap<K, (V, u64)>,
    by_age: BTreeMap<u64, K>,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, key: &K, now: u64) -> Option<V> {
        let (value, stamp) = self.values.get_mut(key)?;
        let key = self.by_age.remove(stamp).unwrap();
        *stamp = now;
        self.by_age.insert(now, key);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize, now: u64) -> Option<V> {
        let old = self.values.insert(key.clone(), (value, now));
        if let Some((_, stamp)) = &old {
            self.by_age.remove(stamp);
        }
        self.by_age.insert(now, key);
        if self.values.len() > capacity {
            let (_, oldest) = self.by_age.pop_first().unwrap();
            self.values.remove(&oldest);
        }
        old.map(|(value, _)| value)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { values: HashMap::new(), by_age: BTreeMap::new() };
        Self { capacity, state: Mutex::new(state), clock: AtomicU64::new(0) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        let now = self.now();
        state.hit(key, now)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        let now = self.now();
        state.store(key, value, self.capacity(), now)
    }

    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        let now = self.now();
        if let Some(value) = state.hit(&key, now) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.capacity(), now);
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
