//! A cache that forgets what was not used for longest: the reference solution.
//!
//! All state lies behind one `Mutex`, because each operation changes two things that belong together: the
//! index that finds a key, and the list that says what was used when. Even `get` writes: it moves its entry.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps at most `capacity` entries; a new one beyond that takes the place of the one that was not used for
/// longest. Shared by many threads.
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    /// Locked once by each operation, for as long as it takes: that makes it one step for all others.
    entries: Mutex<Entries<K, V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    /// An empty cache.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity, entries: Mutex::new(Entries::new()) }
    }

    /// The value of `key`, which is the most recently used from now on.
    pub fn get(&self, key: &K) -> Option<V> {
        self.lock().touch(key).map(|value| value.clone())
    }

    /// Makes `value` the value of `key`, and `key` the most recently used; returns the value that it
    /// replaced. A new key beyond the capacity takes the place of the least recently used.
    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut entries = self.lock();
        if let Some(old) = entries.touch(&key) {
            return Some(std::mem::replace(old, value));
        }
        let evicted = entries.insert(key, value, self.capacity);
        // Whatever the entry's `drop` does, it does without the lock.
        drop(entries);
        drop(evicted);
        None
    }

    /// The value of `key`, made by `make` if there is none. Either way `key` is the most recently used.
    ///
    /// # Panics
    ///
    /// When `make` panics. The cache is as it was then.
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut entries = self.lock();
        if let Some(value) = entries.touch(&key) {
            return value.clone();
        }
        // Under the lock: whoever misses the same key waits here and then finds the value. Were the lock
        // given back in between, both would make one. Nothing has been changed when `make` panics.
        let value = make();
        let evicted = entries.insert(key, value.clone(), self.capacity);
        drop(entries);
        drop(evicted);
        value
    }

    /// All keys, the most recently used first. This is no use of them.
    pub fn keys(&self) -> Vec<K> {
        self.lock().in_order().map(|entry| entry.key.clone()).collect()
    }

    /// The number of entries, at most the capacity.
    pub fn len(&self) -> usize {
        self.lock().slots.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most entries that there can be.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// The entries, also of a poisoned lock: `make` is called while they are whole.
    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in `Entries::slots`.
type Slot = usize;

/// Before the first entry and behind the last.
const NONE: Slot = Slot::MAX;

/// A doubly linked list, whose links are positions in a vector, and an index from each key to its position.
/// The index finds an entry, the links move it to the front: both in the same time for any number of entries.
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
