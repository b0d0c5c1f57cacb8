//! Mutant: `keys` takes the lock of the order alone, while a hit has already read its value and `put` has not
//! yet evicted.
//! Caught by: together::the_keys_are_one_moments (model)
//! Diagnosis: torn_operation

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

/// Locked in this order, `values` before `order`, and `values` for as long as `order` is.
pub struct LruCache<K, V> {
    capacity: usize,
    values: Mutex<HashMap<K, (V, u64)>>,
    order: Mutex<Order<K>>,
}

struct Order<K> {
    keys: BTreeMap<u64, K>,
    next: u64,
}

impl<K> Order<K> {
    fn push(&mut self, key: K) -> u64 {
        let stamp = self.next;
        self.next += 1;
        self.keys.insert(stamp, key);
        stamp
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            capacity: capacity.get(),
            values: Mutex::new(HashMap::new()),
            order: Mutex::new(Order { keys: BTreeMap::new(), next: 0 }),
        }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut values = self.values.lock().unwrap();
        let (value, stamp) = values.get_mut(key)?;
        let mut order = self.order.lock().unwrap();
        order.keys.remove(stamp);
        *stamp = order.push(key.clone());
        Some(value.clone())
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut values = self.values.lock().unwrap();
        let mut order = self.order.lock().unwrap();
        Self::store(&mut values, &mut order, key, value, self.capacity)
    }

    fn store(
        values: &mut HashMap<K, (V, u64)>,
        order: &mut Order<K>,
        key: K,
        value: V,
        capacity: usize,
    ) -> Option<V> {
        if let Some((old, stamp)) = values.get_mut(&key) {
            order.keys.remove(stamp);
            *stamp = order.push(key);
            return Some(std::mem::replace(old, value));
        }
        if values.len() == capacity {
            if let Some((_, oldest)) = order.keys.pop_first() {
                values.remove(&oldest);
            }
        }
        let stamp = order.push(key.clone());
        values.insert(key, (value, stamp));
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut values = self.values.lock().unwrap();
        if let Some((value, stamp)) = values.get_mut(&key) {
            let mut order = self.order.lock().unwrap();
            order.keys.remove(stamp);
            *stamp = order.push(key);
            return value.clone();
        }
        let value = make();
        let mut order = self.order.lock().unwrap();
        Self::store(&mut values, &mut order, key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let mut keys: Vec<K> = Vec::new();
        let mut before = u64::MAX;
        // The lock is held for one key at a time.
        while let Some((&stamp, key)) = self.order.lock().unwrap().keys.range(..before).next_back() {
            keys.push(key.clone());
            before = stamp;
        }
        keys
    }

    pub fn len(&self) -> usize {
        self.values.lock().unwrap().len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.lock().unwrap().is_empty()
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}
