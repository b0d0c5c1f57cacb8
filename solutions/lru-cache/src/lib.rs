//! A cache that evicts the least recently used entry: the reference solution.
//!
//! One `Mutex` protects all state, because each operation changes two structures that must be consistent: the
//! index that finds a key, and the list in order of use. Even `get` writes: it moves its entry to the front.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A map of at most `capacity` entries. A new entry beyond that replaces the least recently used one. Every
/// operation is linearizable.
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    /// Each operation is a single critical section, and so it is atomic to all other threads.
    entries: Mutex<Entries<K, V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    /// An empty cache.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity, entries: Mutex::new(Entries::new()) }
    }

    /// The value of `key`. A hit makes `key` the most recently used.
    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().touch(key).map(|value| value.clone())
    }

    /// Sets the value of `key`, and makes `key` the most recently used. Returns the previous value, if any.
    /// A new key beyond the capacity evicts the least recently used one.
    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut entries = self.lock();
        if let Some(old) = entries.touch(&key) {
            return Some(std::mem::replace(old, value));
        }
        let evicted = entries.insert(key, value, self.capacity);
        // The evicted entry is dropped after the critical section: its `drop` is foreign code.
        drop(entries);
        drop(evicted);
        None
    }

    /// The value of `key`, or the result of `make` if there is none. `key` becomes the most recently used.
    ///
    /// # Panics
    ///
    /// If `make` panics. The cache is then unchanged.
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut entries = self.lock();
        if let Some(value) = entries.touch(&key) {
            return value.clone();
        }
        // In the critical section: a thread that misses the same key waits for the lock, and then finds the
        // value. If the lock were released in between, both would call `make`. A panic in `make` has changed
        // nothing.
        let value = make();
        let evicted = entries.insert(key, value.clone(), self.capacity);
        drop(entries);
        drop(evicted);
        value
    }

    /// All keys, the most recently used first. This does not count as a use.
    pub fn keys(&self) -> Vec<K> {
        self.lock().in_order().map(|entry| entry.key.clone()).collect()
    }

    /// The number of entries, which never exceeds the capacity.
    pub fn len(&self) -> usize {
        self.lock().slots.len()
    }

    /// Whether the cache has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The maximum number of entries.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// The entries, even of a poisoned mutex: they are consistent whenever `make` is called.
    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An index into `Entries::slots`.
type Slot = usize;

/// Stands before the first entry and after the last.
const NONE: Slot = Slot::MAX;

/// A doubly linked list, whose links are indices into a vector, and a map from each key to its index.
/// Finding an entry and moving it to the front both take constant time.
///
/// Every slot is in use: an evicted entry makes room for the one that evicts it.
struct Entries<K, V> {
    index: HashMap<K, Slot>,
    slots: Vec<Entry<K, V>>,
    /// The most recently used entry.
    first: Slot,
    /// The least recently used entry.
    last: Slot,
}

struct Entry<K, V> {
    key: K,
    value: V,
    /// The entry that was used after this one.
    newer: Slot,
    /// The entry that was used before this one.
    older: Slot,
}

impl<K: Eq + Hash + Clone, V> Entries<K, V> {
    fn new() -> Self {
        // Room is made as it is needed: a large capacity costs nothing yet.
        Self { index: HashMap::new(), slots: Vec::new(), first: NONE, last: NONE }
    }

    /// The value of `key`, now at the front.
    fn touch(&mut self, key: &K) -> Option<&mut V> {
        let slot = *self.index.get(key)?;
        if slot != self.first {
            self.unlink(slot);
            self.link_first(slot);
        }
        Some(&mut self.slots[slot].value)
    }

    /// Puts a key that is not there at the front; returns the entry that had to go.
    fn insert(&mut self, key: K, value: V, capacity: NonZeroUsize) -> Option<Entry<K, V>> {
        let entry = Entry { key: key.clone(), value, newer: NONE, older: NONE };
        let (slot, evicted) = if self.slots.len() < capacity.get() {
            self.slots.push(entry);
            (self.slots.len() - 1, None)
        } else {
            let slot = self.last;
            self.unlink(slot);
            let evicted = std::mem::replace(&mut self.slots[slot], entry);
            self.index.remove(&evicted.key);
            (slot, Some(evicted))
        };
        self.link_first(slot);
        self.index.insert(key, slot);
        evicted
    }

    /// From the most to the least recently used.
    fn in_order(&self) -> impl Iterator<Item = &Entry<K, V>> {
        // `get` finds nothing at `NONE`.
        std::iter::successors(self.slots.get(self.first), |entry| self.slots.get(entry.older))
    }

    /// Takes an entry out of the list: its neighbours become each other's.
    fn unlink(&mut self, slot: Slot) {
        let Entry { newer, older, .. } = self.slots[slot];
        match newer {
            NONE => self.first = older,
            _ => self.slots[newer].older = older,
        }
        match older {
            NONE => self.last = newer,
            _ => self.slots[older].newer = newer,
        }
    }

    /// Puts an entry that is not in the list at its front.
    fn link_first(&mut self, slot: Slot) {
        let second = self.first;
        self.slots[slot].newer = NONE;
        self.slots[slot].older = second;
        match second {
            NONE => self.last = slot,
            _ => self.slots[second].newer = slot,
        }
        self.first = slot;
    }
}
