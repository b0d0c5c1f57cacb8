//! Fixture: a lock for each key that is being made, thrown away when no thread needs it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, V>>,
    /// A lock for each key that is asked for, and how many threads ask for it.
    locks: Mutex<HashMap<K, (Arc<Mutex<()>>, usize)>>,
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
        Self { capacity, state: Mutex::new(state), locks: Mutex::new(HashMap::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.lock().store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let asking = Asking::for_key(self, &key);
        let lock = Arc::clone(&asking.lock);
        let _guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.get(&key) {
            return value;
        }
        let value = make();
        let mut state = self.lock();
        if let Some(present) = state.hit(&key) {
            return present;
        }
        state.store(key.clone(), value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}

/// Keeps the lock of a key in the table for as long as a thread needs it.
struct Asking<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
    lock: Arc<Mutex<()>>,
}

impl<'a, K: Eq + Hash + Clone, V: Clone> Asking<'a, K, V> {
    fn for_key(cache: &'a LruCache<K, V>, key: &'a K) -> Self {
        let mut locks = cache.locks.lock().unwrap();
        let (lock, asking) = locks.entry(key.clone()).or_default();
        *asking += 1;
        Self { cache, key, lock: Arc::clone(lock) }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Asking<'_, K, V> {
    fn drop(&mut self) {
        let mut locks = self.cache.locks.lock().unwrap();
        if let Some((_, asking)) = locks.get_mut(self.key) {
            *asking -= 1;
            if *asking == 0 {
                locks.remove(self.key);
            }
        }
    }
}
