//! Fixture: each key has a small number, which is given away again after its eviction; the order is a tree of times and numbers.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Mutex;

pub struct LruCache<K, V> {
    capacity: usize,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    entries: HashMap<K, (V, u32)>,
    keys: HashMap<u32, K>,
    /// When each number was last used, and the numbers in the order of these times.
    times: HashMap<u32, u64>,
    order: BTreeMap<u64, u32>,
    clock: u64,
    free: Vec<u32>,
}

impl<K: Eq + Hash + Clone, V: Clone> State<K, V> {
    fn use_again(&mut self, number: u32) {
        self.clock += 1;
        if let Some(time) = self.times.insert(number, self.clock) {
            self.order.remove(&time);
        }
        self.order.insert(self.clock, number);
    }

    fn hit(&mut self, key: &K) -> Option<V> {
        let (value, number) = self.entries.get(key)?;
        let (value, number) = (value.clone(), *number);
        self.use_again(number);
        Some(value)
    }

    fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.entries.len() == capacity {
            let (_, last) = self.order.pop_first().unwrap();
            self.times.remove(&last);
            let key = self.keys.remove(&last).unwrap();
            self.entries.remove(&key);
            self.free.push(last);
        }
        let number = self.free.pop().unwrap_or(self.keys.len() as u32);
        self.keys.insert(number, key.clone());
        self.entries.insert(key, (value, number));
        self.use_again(number);
    }
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let state = State {
            entries: HashMap::new(),
            keys: HashMap::new(),
            times: HashMap::new(),
            order: BTreeMap::new(),
            clock: 0,
            free: Vec::new(),
        };
        Self { capacity: capacity.get(), state: Mutex::new(state) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.lock().unwrap().hit(key)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut state = self.state.lock().unwrap();
        if let Some((old, number)) = state.entries.get_mut(&key) {
            let (old, number) = (std::mem::replace(old, value), *number);
            state.use_again(number);
            return Some(old);
        }
        state.insert(key, value, self.capacity);
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut state = self.state.lock().unwrap();
        if let Some(value) = state.hit(&key) {
            return value;
        }
        let value = make();
        state.insert(key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let state = self.state.lock().unwrap();
        state.order.values().rev().map(|number| state.keys[number].clone()).collect()
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}
