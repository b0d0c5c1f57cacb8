//! Fixture: one flight for each key that is being made; a `put` of the key lands it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What came of a flight: one thread makes a value, others wait for it.
enum Outcome<V> {
    Making,
    Landed(V),
    Crashed,
}

struct Flight<V> {
    outcome: Mutex<Outcome<V>>,
    changed: Condvar,
}

impl<V: Clone> Flight<V> {
    fn wait(&self) -> Option<V> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*outcome {
                Outcome::Making => {
                    outcome = self.changed.wait(outcome).unwrap_or_else(PoisonError::into_inner)
                }
                Outcome::Landed(value) => return Some(value.clone()),
                Outcome::Crashed => return None,
            }
        }
    }
}

struct Inside<K, V> {
    values: HashMap<K, (V, u64)>,
    uses: BTreeMap<u64, K>,
    clock: u64,
    flights: HashMap<K, Arc<Flight<V>>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Inside<K, V> {
    fn touch(&mut self, key: &K) -> Option<&mut V> {
        let (value, time) = self.values.get_mut(key)?;
        let owned = self.uses.remove(time)?;
        self.clock += 1;
        *time = self.clock;
        self.uses.insert(self.clock, owned);
        Some(value)
    }

    /// Puts it in, in front of all others; returns what it replaced and what had to go.
    fn store(&mut self, key: K, value: V, capacity: usize) -> (Option<V>, Option<(K, V)>) {
        if let Some(place) = self.touch(&key) {
            return (Some(std::mem::replace(place, value)), None);
        }
        let mut evicted = None;
        if self.values.len() == capacity {
            if let Some((_, oldest)) = self.uses.pop_first() {
                evicted = self.values.remove(&oldest).map(|(value, _)| (oldest, value));
            }
        }
        self.clock += 1;
        self.uses.insert(self.clock, key.clone());
        self.values.insert(key, (value, self.clock));
        (None, evicted)
    }
}

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    inside: Mutex<Inside<K, V>>,
}

/// Ends a flight whose pilot panics.
struct Pilot<'a, K: Eq + Hash + Clone, V: Clone> {
    cache: &'a LruCache<K, V>,
    key: &'a K,
    flight: &'a Arc<Flight<V>>,
    landed: bool,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Pilot<'_, K, V> {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        let mut inside = self.cache.inside();
        if inside.flights.get(self.key).is_some_and(|flight| Arc::ptr_eq(flight, self.flight)) {
            inside.flights.remove(self.key);
        }
        let mut outcome = self.flight.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*outcome, Outcome::Making) {
            *outcome = Outcome::Crashed;
            self.flight.changed.notify_all();
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let inside =
            Inside { values: HashMap::new(), uses: BTreeMap::new(), clock: 0, flights: HashMap::new() };
        Self { capacity, inside: Mutex::new(inside) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside<K, V>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.inside().touch(key).map(|value| value.clone())
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut inside = self.inside();
        // A value that is being made comes too late: those who wait for it get this one.
        if let Some(flight) = inside.flights.remove(&key) {
            *flight.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Outcome::Landed(value.clone());
            flight.changed.notify_all();
        }
        let (replaced, evicted) = inside.store(key, value, self.capacity.get());
        drop(inside);
        drop(evicted);
        replaced
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let flight = loop {
            let mut inside = self.inside();
            if let Some(value) = inside.touch(&key) {
                return value.clone();
            }
            let Some(flight) = inside.flights.get(&key) else {
                let flight =
                    Arc::new(Flight { outcome: Mutex::new(Outcome::Making), changed: Condvar::new() });
                inside.flights.insert(key.clone(), Arc::clone(&flight));
                break flight;
            };
            let flight = Arc::clone(flight);
            drop(inside);
            if let Some(value) = flight.wait() {
                return value;
            }
        };
        let mut pilot = Pilot { cache: self, key: &key, flight: &flight, landed: false };
        let made = make();
        pilot.landed = true;
        drop(pilot);
        let mut inside = self.inside();

        let mut outcome = flight.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if let Outcome::Landed(put) = &*outcome {
            return put.clone();
        }
        *outcome = Outcome::Landed(made.clone());
        flight.changed.notify_all();
        drop(outcome);
        inside.flights.remove(&key);
        let (_, evicted) = inside.store(key, made.clone(), self.capacity.get());
        drop(inside);
        drop(evicted);
        made
    }

    pub fn keys(&self) -> Vec<K> {
        self.inside().uses.values().rev().cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.inside().values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
