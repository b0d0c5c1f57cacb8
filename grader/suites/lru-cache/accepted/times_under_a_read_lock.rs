//! Fixture: a hit needs a read lock and an atomic time; evictions and `keys`, which alone observe the times, take the write lock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    now: AtomicU64,
    table: RwLock<Table<K, V>>,
}

struct Table<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// No later than the last use of the key.
    at_least: BTreeMap<u64, K>,
}

struct Entry<V> {
    value: V,
    used: AtomicU64,
}

impl<K: Eq + Hash + Clone, V> Table<K, V> {
    fn evict(&mut self) {
        while let Some((noted, key)) = self.at_least.pop_first() {
            let used = self.entries[&key].used.load(Ordering::Relaxed);
            if used == noted {
                self.entries.remove(&key);
                return;
            }
            self.at_least.insert(used, key);
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let table = Table { entries: HashMap::new(), at_least: BTreeMap::new() };
        Self { capacity, now: AtomicU64::new(0), table: RwLock::new(table) }
    }

    fn tick(&self) -> u64 {
        self.now.fetch_add(1, Ordering::Relaxed)
    }

    fn touch(&self, entry: &Entry<V>) {
        entry.used.fetch_max(self.tick(), Ordering::Relaxed);
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let table = self.table.read().unwrap();
        let entry = table.entries.get(key)?;
        self.touch(entry);
        Some(entry.value.clone())
    }

    fn store(&self, table: &mut Table<K, V>, key: K, value: V) -> Option<V> {
        if let Some(entry) = table.entries.get_mut(&key) {
            *entry.used.get_mut() = self.tick();
            return Some(std::mem::replace(&mut entry.value, value));
        }
        if table.entries.len() == self.capacity.get() {
            table.evict();
        }
        let now = self.tick();
        table.at_least.insert(now, key.clone());
        table.entries.insert(key, Entry { value, used: AtomicU64::new(now) });
        None
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.store(&mut self.table.write().unwrap(), key, value)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let mut table = self.table.write().unwrap();
        if let Some(entry) = table.entries.get(&key) {
            self.touch(entry);
            return entry.value.clone();
        }
        let value = make();
        self.store(&mut table, key, value.clone());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let table = self.table.write().unwrap();
        let mut keys: Vec<_> = table
            .entries
            .iter()
            .map(|(key, entry)| (Reverse(entry.used.load(Ordering::Relaxed)), key))
            .collect();
        keys.sort_by_key(|(used, _)| *used);
        keys.into_iter().map(|(_, key)| key.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.table.read().unwrap().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
