//! Fixture: a lock for each of four shards, and one clock: a hit locks its shard, everything else locks them all, and the oldest of all shards goes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

/// Entries are spread over shards by their hash, each with a lock of its own; all have one clock.
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shards: Vec<Mutex<State<K, V>>>,
    /// Read under the lock of a shard. `Relaxed`, because no two uses have the same time in any case, and a use
    /// that happens before another one has an earlier time.
    clock: AtomicU64,
}

struct State<K, V> {
    values: HashMap<K, (V, u64)>,
    by_age: BTreeMap<u64, K>,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn hit(&mut self, key: &K, now: u64) -> Option<V> {
        let (value, stamp) = self.values.get_mut(key)?;
        let key = self.by_age.remove(stamp).unwrap();
        *stamp = now;
        self.by_age.insert(now, key);
        Some(value.clone())
    }

    fn store(&mut self, key: K, value: V, now: u64) -> Option<V> {
        let old = self.values.insert(key.clone(), (value, now));
        if let Some((_, stamp)) = &old {
            self.by_age.remove(stamp);
        }
        self.by_age.insert(now, key);
        old.map(|(value, _)| value)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let new = |_| Mutex::new(State { values: HashMap::new(), by_age: BTreeMap::new() });
        let shards = (0..capacity.get().min(4)).map(new).collect();
        Self { capacity, shards, clock: AtomicU64::new(0) }
    }

    fn shard(&self, key: &K) -> usize {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish() as usize % self.shards.len()
    }

    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    /// Always in the same order, so that no two threads deadlock.
    fn lock_all(&self) -> Vec<MutexGuard<'_, State<K, V>>> {
        self.shards.iter().map(|shard| shard.lock().unwrap()).collect()
    }

    fn store(&self, mut shards: Vec<MutexGuard<'_, State<K, V>>>, key: K, value: V) -> Option<V> {
        let old = shards[self.shard(&key)].store(key, value, self.now());
        if shards.iter().map(|shard| shard.values.len()).sum::<usize>() > self.capacity.get() {
            let first_use = |shard: &State<K, V>| shard.by_age.keys().next().copied().unwrap_or(u64::MAX);
            let shard = shards.iter_mut().min_by_key(|shard| first_use(shard)).unwrap();
            let (_, oldest) = shard.by_age.pop_first().unwrap();
            shard.values.remove(&oldest);
        }
        old
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.shards[self.shard(key)].lock().unwrap().hit(key, self.now())
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.store(self.lock_all(), key, value)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut shards = self.lock_all();
        if let Some(value) = shards[self.shard(&key)].hit(&key, self.now()) {
            return value;
        }
        let value = make();
        self.store(shards, key, value.clone());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let shards = self.lock_all();
        let mut keys: Vec<_> = shards.iter().flat_map(|shard| &shard.by_age).collect();
        keys.sort_by_key(|(time, _)| Reverse(*time));
        keys.into_iter().map(|(_, key)| key.clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.lock_all().iter().map(|shard| shard.values.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
