//! Mutant: finds the place under the read lock, and uses it under the write lock: another key may be there by
//! then.
//! Caught by: together::a_hit_is_a_use_at_once (model)
//! Diagnosis: check_then_act

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::RwLock;

pub struct LruCache<K, V> {
    capacity: usize,
    inner: RwLock<Inner<K, V>>,
}

struct Node<K, V> {
    key: K,
    value: V,
    prev: Option<usize>,
    next: Option<usize>,
}

struct Inner<K, V> {
    map: HashMap<K, usize>,
    nodes: Vec<Option<Node<K, V>>>,
    free: Vec<usize>,
    head: Option<usize>,
    tail: Option<usize>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(capacity: NonZeroUsize) -> Self {
        let inner =
            Inner { map: HashMap::new(), nodes: Vec::new(), free: Vec::new(), head: None, tail: None };
        Self { capacity: capacity.get(), inner: RwLock::new(inner) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let inner = self.inner.read().unwrap();
        let index = *inner.map.get(key)?;
        if inner.head == Some(index) {
            // It is the most recently used one already: nothing to write.
            return inner.nodes[index].as_ref().map(|node| node.value.clone());
        }
        drop(inner);
        let mut inner = self.inner.write().unwrap();
        inner.to_front(index);
        Some(inner.node(index).value.clone())
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let mut inner = self.inner.write().unwrap();
        if let Some(&index) = inner.map.get(&key) {
            inner.to_front(index);
            let old = std::mem::replace(&mut inner.node(index).value, value);
            return Some(old);
        }
        inner.insert(key, value, self.capacity);
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut inner = self.inner.write().unwrap();
        if let Some(&index) = inner.map.get(&key) {
            inner.to_front(index);
            return inner.node(index).value.clone();
        }
        let value = make();
        inner.insert(key, value.clone(), self.capacity);
        value
    }

    pub fn keys(&self) -> Vec<K> {
        let inner = self.inner.read().unwrap();
        let mut keys = Vec::with_capacity(inner.map.len());
        let mut next = inner.head;
        while let Some(index) = next {
            let node = inner.nodes[index].as_ref().unwrap();
            keys.push(node.key.clone());
            next = node.next;
        }
        keys
    }

    pub fn len(&self) -> usize {
        self.inner.read().unwrap().map.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<K: Eq + Hash + Clone, V> Inner<K, V> {
    fn node(&mut self, index: usize) -> &mut Node<K, V> {
        self.nodes[index].as_mut().unwrap()
    }

    fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.map.len() >= capacity {
            self.evict();
        }
        let node = Node { key: key.clone(), value, prev: None, next: None };
        let index = match self.free.pop() {
            Some(index) => {
                self.nodes[index] = Some(node);
                index
            }
            None => {
                self.nodes.push(Some(node));
                self.nodes.len() - 1
            }
        };
        self.map.insert(key, index);
        self.attach(index);
    }

    fn evict(&mut self) {
        let Some(last) = self.tail else { return };
        self.detach(last);
        if let Some(node) = self.nodes[last].take() {
            self.map.remove(&node.key);
        }
        self.free.push(last);
    }

    fn to_front(&mut self, index: usize) {
        if self.head != Some(index) {
            self.detach(index);
            self.attach(index);
        }
    }

    fn detach(&mut self, index: usize) {
        let (prev, next) = (self.node(index).prev, self.node(index).next);
        match prev {
            Some(prev) => self.node(prev).next = next,
            None => self.head = next,
        }
        match next {
            Some(next) => self.node(next).prev = prev,
            None => self.tail = prev,
        }
    }

    fn attach(&mut self, index: usize) {
        let head = self.head;
        self.node(index).prev = None;
        self.node(index).next = head;
        match head {
            Some(head) => self.node(head).prev = Some(index),
            None => self.tail = Some(index),
        }
        self.head = Some(index);
    }
}
