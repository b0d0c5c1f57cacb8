//! Mutant: those who wait get what was made, also if a `put` came first and stays.
//! Caught by: making::a_put_and_two_that_miss_agree (model)
//! Diagnosis: check_then_act

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shared: Mutex<Shared<K, V>>,
}

struct Shared<K, V> {
    state: State<K, V>,
    flights: HashMap<K, Arc<Flight<V>>>,
}

/// A value on its way.
struct Flight<V> {
    end: Mutex<End<V>>,
    landed: Condvar,
}

enum End<V> {
    Flying,
    Landed(V),
    Crashed,
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
        Self { capacity, shared: Mutex::new(Shared { state, flights: HashMap::new() }) }
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
        loop {
            let mut shared = self.lock();
            if let Some(value) = shared.state.hit(&key) {
                return value;
            }
            let Some(flight) = shared.flights.get(&key).cloned() else {
                let flight = Arc::new(Flight { end: Mutex::new(End::Flying), landed: Condvar::new() });
                shared.flights.insert(key.clone(), Arc::clone(&flight));
                drop(shared);
                return self.fly(key, &flight, make);
            };
            drop(shared);
            if let Some(value) = flight.wait() {
                return value;
            }
        }
    }

    fn fly(&self, key: K, flight: &Flight<V>, make: impl FnOnce() -> V) -> V {
        let made = panic::catch_unwind(AssertUnwindSafe(make));
        let mut shared = self.lock();
        shared.flights.remove(&key);
        match made {
            Ok(value) => {
                flight.land(End::Landed(value.clone()));
                let value = match shared.state.hit(&key) {
                    Some(present) => present,
                    None => {
                        shared.state.store(key, value.clone(), self.capacity());
                        value
                    }
                };
                value
            }
            Err(payload) => {
                flight.land(End::Crashed);
                drop(shared);
                panic::resume_unwind(payload)
            }
        }
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

impl<V: Clone> Flight<V> {
    fn wait(&self) -> Option<V> {
        let end = self.end.lock().unwrap();
        let end = self.landed.wait_while(end, |end| matches!(end, End::Flying)).unwrap();
        match &*end {
            End::Flying | End::Crashed => None,
            End::Landed(value) => Some(value.clone()),
        }
    }

    fn land(&self, end: End<V>) {
        *self.end.lock().unwrap() = end;
        self.landed.notify_all();
    }
}
