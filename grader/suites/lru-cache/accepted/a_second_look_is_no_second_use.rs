//! Fixture: what was put while the value was made is returned without a second use of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shared: Mutex<Shared<K, V>>,
    made: Condvar,
}

struct Shared<K, V> {
    state: State<K, V>,
    /// Keys for which a value is being made.
    making: HashSet<K>,
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
        Self { capacity, shared: Mutex::new(Shared { state, making: HashSet::new() }), made: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<K, V>> {
        self.shared.lock().unwrap()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().state.hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.lock().state.store(key, value, self.capacity())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut shared = self.lock();
        loop {
            if let Some(value) = shared.state.hit(&key) {
                return value;
            }
            if !shared.making.contains(&key) {
                break;
            }
            shared = self.made.wait(shared).unwrap();
        }
        shared.making.insert(key.clone());
        drop(shared);
        let unfinished = Unfinished { cache: self, key: &key };
        let value = make();
        std::mem::forget(unfinished);
        let mut shared = self.lock();
        shared.making.remove(&key);
        self.made.notify_all();
        // Another thread may have put this key meanwhile: what was put stays.
        if let Some((present, _)) = shared.state.values.get(&key) {
            return present.clone();
        }
        shared.state.store(key, value.clone(), self.capacity());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().state.by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().state.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}

/// Removes the mark when `make` panics.
struct Unfinished<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Unfinished<'_, K, V> {
    fn drop(&mut self) {
        self.cache.lock().making.remove(self.key);
        self.cache.made.notify_all();
    }
}
