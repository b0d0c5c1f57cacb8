//! Fixture: an entry is in the cache before its value is made; a thread that finds it waits.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// An entry gets its place first and its value when it is made; a thread that finds it earlier waits for the
/// value.
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    state: Mutex<State<K, Arc<Place<V>>>>,
}

struct Place<V> {
    end: Mutex<End<V>>,
    ended: Condvar,
}

#[derive(Clone)]
enum End<V> {
    Making,
    Made(V),
    Failed,
}

impl<V: Clone> Place<V> {
    fn new(end: End<V>) -> Arc<Self> {
        Arc::new(Self { end: Mutex::new(end), ended: Condvar::new() })
    }

    fn wait(&self) -> End<V> {
        let mut end = self.end.lock().unwrap();
        while matches!(*end, End::Making) {
            end = self.ended.wait(end).unwrap();
        }
        end.clone()
    }

    fn finish(&self, end: End<V>) {
        *self.end.lock().unwrap() = end;
        self.ended.notify_all();
    }
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

    fn lock(&self) -> MutexGuard<'_, State<K, Arc<Place<V>>>> {
        self.state.lock().unwrap()
    }

    /// Takes a place out whose value could not be made, unless another one is there by now.
    fn forget(&self, key: &K, place: &Arc<Place<V>>) {
        let mut state = self.lock();
        if state.values.get(key).is_some_and(|entry| Arc::ptr_eq(&entry.0, place)) {
            if let Some((_, stamp)) = state.values.remove(key) {
                state.by_age.remove(&stamp);
            }
        }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        loop {
            let place = self.lock().hit(key)?;
            match place.wait() {
                End::Made(value) => return Some(value),
                // It is gone by now, or another thread tries.
                End::Making | End::Failed => self.forget(key, &place),
            }
        }
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let old = self.lock().store(key, Place::new(End::Made(value)), self.capacity())?;
        match old.wait() {
            End::Made(value) => Some(value),
            End::Making | End::Failed => None,
        }
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        loop {
            let mut state = self.lock();
            let Some(place) = state.hit(&key) else {
                let place = Place::new(End::Making);
                state.store(key.clone(), Arc::clone(&place), self.capacity());
                drop(state);
                let failing = Failing { cache: self, key: &key, place: &place };
                let value = make();
                std::mem::forget(failing);
                place.finish(End::Made(value.clone()));
                return value;
            };
            drop(state);
            match place.wait() {
                End::Made(value) => return value,
                End::Making | End::Failed => self.forget(&key, &place),
            }
        }
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().by_age.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lock().values.is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}

/// Lives while `make` runs, and is dropped if it panics.
struct Failing<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
    place: &'a Arc<Place<V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Failing<'_, K, V> {
    fn drop(&mut self) {
        self.cache.forget(self.key, self.place);
        self.place.finish(End::Failed);
    }
}
