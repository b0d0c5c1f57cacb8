//! Mutant: four shards, each with a part of the capacity and an order of its own: the least recently used key
//! of one shard goes, not that of the cache.
//! Caught by: alone::long_random_sequences_follow_the_model (stress)
//! Diagnosis: none

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Mutex;

/// Entries are spread over shards by their hash, each with a lock and an order of its own.
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    shards: Vec<Mutex<State<K, V>>>,
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
        let new = |_| Mutex::new(State { values: HashMap::new(), by_age: BTreeMap::new(), clock: 0 });
        Self { capacity, shards: (0..capacity.get().min(4)).map(new).collect() }
    }

    fn shard(&self, key: &K) -> &Mutex<State<K, V>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        &self.shards[hasher.finish() as usize % self.shards.len()]
    }

    fn room(&self) -> usize {
        self.capacity.get() / self.shards.len()
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.shard(key).lock().unwrap().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        self.shard(&key).lock().unwrap().store(key, value, self.room())
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.shard(&key).lock().unwrap();
        if let Some(value) = state.hit(&key) {
            return value;
        }
        let value = make();
        state.store(key, value.clone(), self.room());
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| shard.lock().unwrap().by_age.values().rev().cloned().collect::<Vec<_>>())
            .collect()
    }

    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().values.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}
