//! Fixture: a flight for each key that is being made, with a lock and a condition variable of its own; a guard lands it when `make` panics.
//!
//! The value is in the cache before the flight has landed, and both happen under the lock of the cache. So a thread that waits
//! gets what the cache held at that moment, and that was its use of the key: it does not touch the key again.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

enum Phase<V> {
    Making,
    Made(V),
    Failed,
}

struct Flight<V> {
    phase: Mutex<Phase<V>>,
    over: Condvar,
}

struct Landing<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
    flight: &'a Flight<V>,
    armed: bool,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Landing<'_, K, V> {
    fn drop(&mut self) {
        if self.armed {
            self.cache.lock().flights.remove(self.key);
            *self.flight.phase.lock().unwrap() = Phase::Failed;
            self.flight.over.notify_all();
        }
    }
}

struct State<K, V> {
    index: HashMap<K, (V, u64)>,
    order: BTreeMap<u64, K>,
    now: u64,
    flights: HashMap<K, Arc<Flight<V>>>,
}

pub struct LruCache<K, V> {
    state: Mutex<State<K, V>>,
    capacity: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn touch(&mut self, key: &K) -> Option<V> {
        let (value, time) = self.index.get_mut(key)?;
        let key = self.order.remove(time).unwrap();
        self.now += 1;
        *time = self.now;
        self.order.insert(self.now, key);
        Some(value.clone())
    }

    fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.index.len() == capacity {
            let (_, oldest) = self.order.pop_first().unwrap();
            self.index.remove(&oldest);
        }
        self.now += 1;
        self.order.insert(self.now, key.clone());
        self.index.insert(key, (value, self.now));
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State { index: HashMap::new(), order: BTreeMap::new(), now: 0, flights: HashMap::new() };
        Self { state: Mutex::new(state), capacity: capacity.get() }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().touch(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.lock();
        if state.touch(&key).is_some() {
            let slot = &mut state.index.get_mut(&key).unwrap().0;
            return Some(std::mem::replace(slot, value));
        }
        state.insert(key, value, self.capacity);
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut make = Some(make);
        loop {
            let mut state = self.lock();
            if let Some(value) = state.touch(&key) {
                return value;
            }
            if let Some(flight) = state.flights.get(&key).cloned() {
                drop(state);
                let mut phase = flight.phase.lock().unwrap();
                while matches!(*phase, Phase::Making) {
                    phase = flight.over.wait(phase).unwrap();
                }
                match &*phase {
                    Phase::Made(value) => return value.clone(),
                    _ => continue,
                }
            }
            let flight = Arc::new(Flight { phase: Mutex::new(Phase::Making), over: Condvar::new() });
            state.flights.insert(key.clone(), flight.clone());
            drop(state);
            let mut landing = Landing { cache: self, key: &key, flight: &flight, armed: true };
            let value = (make.take().unwrap())();
            landing.armed = false;
            let mut state = self.lock();
            state.flights.remove(&key);
            let value = match state.touch(&key) {
                Some(there) => there,
                None => {
                    state.insert(key.clone(), value.clone(), self.capacity);
                    value
                }
            };
            *flight.phase.lock().unwrap() = Phase::Made(value.clone());
            flight.over.notify_all();
            return value;
        }
    }

    pub fn keys(&self) -> Vec<K> {
        self.lock().order.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.lock().index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}
