//! Fixture: every use leaves a position and a time in a queue; when most of them are outdated, those are swept out.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    inner: Mutex<Inner<K, V>>,
}

struct Slot<K, V> {
    key: K,
    value: V,
    used: u64,
}

struct Inner<K, V> {
    index: HashMap<K, usize>,
    slots: Vec<Slot<K, V>>,
    uses: VecDeque<(usize, u64)>,
    clock: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> Inner<K, V> {
    fn note_use(&mut self, slot: usize) {
        self.clock += 1;
        self.slots[slot].used = self.clock;
        self.uses.push_back((slot, self.clock));
        if self.uses.len() > 2 * self.slots.len() + 16 {
            let slots = &self.slots;
            self.uses.retain(|&(slot, time)| slots[slot].used == time);
        }
    }

    fn find(&mut self, key: &K) -> Option<V> {
        let slot = *self.index.get(key)?;
        self.note_use(slot);
        Some(self.slots[slot].value.clone())
    }

    fn store(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        if let Some(&slot) = self.index.get(&key) {
            self.note_use(slot);
            return Some(std::mem::replace(&mut self.slots[slot].value, value));
        }
        let new = Slot { key: key.clone(), value, used: 0 };
        let slot = if self.slots.len() < capacity {
            self.slots.push(new);
            self.slots.len() - 1
        } else {
            let slot = loop {
                let (slot, time) = self.uses.pop_front().expect("every entry was used");
                if self.slots[slot].used == time {
                    break slot;
                }
            };
            let evicted = std::mem::replace(&mut self.slots[slot], new);
            self.index.remove(&evicted.key);
            slot
        };
        self.index.insert(key, slot);
        self.note_use(slot);
        None
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let inner = Inner { index: HashMap::new(), slots: Vec::new(), uses: VecDeque::new(), clock: 0 };
        Self { capacity, inner: Mutex::new(inner) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.inner.lock().unwrap().find(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.inner.lock().unwrap().store(key, value, self.capacity.get())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut inner = self.inner.lock().unwrap();
        if let Some(value) = inner.find(&key) {
            return value;
        }
        let value = make();
        inner.store(key, value.clone(), self.capacity.get());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let inner = self.inner.lock().unwrap();
        let mut slots: Vec<_> = inner.slots.iter().collect();
        slots.sort_by_key(|slot| std::cmp::Reverse(slot.used));
        slots.into_iter().map(|slot| slot.key.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.inner.lock().unwrap().slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
