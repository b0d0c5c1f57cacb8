//! Fixture: `len` is a sequentially consistent atomic, written under the lock and read without it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
    /// The number of entries; changed under the lock, read without it.
    len: AtomicUsize,
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
        Self { capacity, state: Mutex::new(state), len: AtomicUsize::new(0) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.lock().unwrap().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        let old = state.store(key, value, self.capacity());
        self.len.store(state.values.len(), Ordering::SeqCst);
        old
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(&key) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.capacity());
        self.len.store(state.values.len(), Ordering::SeqCst);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.state.lock().unwrap().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.len.load(Ordering::SeqCst)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
