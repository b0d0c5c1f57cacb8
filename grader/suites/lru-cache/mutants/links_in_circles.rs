//! Mutant: each node owns its neighbours on both sides: they are never dropped.
//! Caught by: drops::everything_is_dropped_with_the_cache (stress)
//! Diagnosis: none

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

pub struct LruCache<K, V> {
    capacity: usize,
    list: Mutex<List<K, V>>,
}

type Link<K, V> = Arc<Mutex<Node<K, V>>>;
type BackLink<K, V> = Arc<Mutex<Node<K, V>>>;

struct Node<K, V> {
    key: K,
    value: V,
    next: Option<Link<K, V>>,
    prev: Option<BackLink<K, V>>,
}

struct List<K, V> {
    map: HashMap<K, Link<K, V>>,
    head: Option<Link<K, V>>,
    tail: Option<BackLink<K, V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            capacity: capacity.get(),
            list: Mutex::new(List { map: HashMap::new(), head: None, tail: None }),
        }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut list = self.list.lock().unwrap();
        let node = Arc::clone(list.map.get(key)?);
        list.move_to_front(&node);
        let value = node.lock().unwrap().value.clone();
        Some(value)
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut list = self.list.lock().unwrap();
        list.put(key, value, self.capacity)
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut list = self.list.lock().unwrap();
        if let Some(node) = list.map.get(&key).cloned() {
            list.move_to_front(&node);
            let value = node.lock().unwrap().value.clone();
            return value;
        }
        let value = make();
        list.put(key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let list = self.list.lock().unwrap();
        let mut keys = vec![];
        let mut next = list.head.clone();
        while let Some(node) = next {
            let node = node.lock().unwrap();
            keys.push(node.key.clone());
            next = node.next.clone();
        }
        keys
    }

    pub fn len(&self) -> usize {
        self.list.lock().unwrap().map.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<K: Eq + Hash + Clone, V> List<K, V> {
    fn put(&mut self, key: K, value: V, capacity: usize) -> Option<V> {
        if let Some(node) = self.map.get(&key).cloned() {
            self.move_to_front(&node);
            return Some(std::mem::replace(&mut node.lock().unwrap().value, value));
        }
        if self.map.len() == capacity {
            self.evict();
        }
        let node = Arc::new(Mutex::new(Node { key: key.clone(), value, next: None, prev: None }));
        self.map.insert(key, Arc::clone(&node));
        self.push_front(node);
        None
    }

    fn evict(&mut self) {
        let Some(last) = self.tail.clone() else { return };
        self.unlink(&last);
        let last = last.lock().unwrap();
        self.map.remove(&last.key);
    }

    fn move_to_front(&mut self, node: &Link<K, V>) {
        self.unlink(node);
        self.push_front(Arc::clone(node));
    }

    fn unlink(&mut self, node: &Link<K, V>) {
        let (prev, next) = {
            let mut node = node.lock().unwrap();
            (node.prev.take(), node.next.take())
        };
        match &next {
            Some(next) => next.lock().unwrap().prev = prev.clone(),
            None => self.tail = prev.clone(),
        }
        match prev {
            Some(prev) => prev.lock().unwrap().next = next,
            None => self.head = next,
        }
    }

    fn push_front(&mut self, node: Link<K, V>) {
        match &self.head {
            Some(head) => head.lock().unwrap().prev = Some(Arc::clone(&node)),
            None => self.tail = Some(Arc::clone(&node)),
        }
        node.lock().unwrap().next = self.head.take();
        self.head = Some(node);
    }
}
