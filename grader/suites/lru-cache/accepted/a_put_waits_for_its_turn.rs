//! Fixture: `put` waits while a value of its key is being made.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

const NIL: usize = usize::MAX;

struct Node<K, V> {
    key: K,
    value: V,
    towards_new: usize,
    towards_old: usize,
}

struct Shelf<K, V> {
    index: HashMap<K, usize>,
    nodes: Vec<Node<K, V>>,
    newest: usize,
    oldest: usize,
    /// The keys of which a value is being made.
    being_made: HashSet<K>,
    asleep: usize,
}

impl<K: Eq + Hash + Clone, V> Shelf<K, V> {
    fn cut(&mut self, at: usize) {
        let (new, old) = (self.nodes[at].towards_new, self.nodes[at].towards_old);
        if new == NIL {
            self.newest = old
        } else {
            self.nodes[new].towards_old = old
        }
        if old == NIL { self.oldest = new } else { self.nodes[old].towards_new = new }
    }

    fn lead(&mut self, at: usize) {
        let second = std::mem::replace(&mut self.newest, at);
        self.nodes[at].towards_new = NIL;
        self.nodes[at].towards_old = second;
        if second == NIL { self.oldest = at } else { self.nodes[second].towards_new = at }
    }

    fn find(&mut self, key: &K) -> Option<&mut V> {
        let at = *self.index.get(key)?;
        self.cut(at);
        self.lead(at);
        Some(&mut self.nodes[at].value)
    }

    fn add(&mut self, key: K, value: V, room: usize) -> Option<Node<K, V>> {
        let node = Node { key: key.clone(), value, towards_new: NIL, towards_old: NIL };
        let mut gone = None;
        let at = if self.nodes.len() < room {
            self.nodes.push(node);
            self.nodes.len() - 1
        } else {
            let at = self.oldest;
            self.cut(at);
            let old = std::mem::replace(&mut self.nodes[at], node);
            self.index.remove(&old.key);
            gone = Some(old);
            at
        };
        self.lead(at);
        self.index.insert(key, at);
        gone
    }
}

pub struct LruCache<K, V> {
    room: NonZeroUsize,
    shelf: Mutex<Shelf<K, V>>,
    made: Condvar,
    /// Where `put` waits while a value of its key is being made.
    turn: Condvar,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    pub fn new(room: NonZeroUsize) -> Self {
        let shelf = Shelf {
            index: HashMap::new(),
            nodes: Vec::new(),
            newest: NIL,
            oldest: NIL,
            being_made: HashSet::new(),
            asleep: 0,
        };
        Self { room, shelf: Mutex::new(shelf), made: Condvar::new(), turn: Condvar::new() }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<K, V>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.shelf().find(key).cloned()
    }

    pub fn put(&self, key: K, value: V) -> Option<V> {
        let shelf = self.shelf();
        let being_made = |shelf: &mut Shelf<K, V>| shelf.being_made.contains(&key);
        let mut shelf = self.turn.wait_while(shelf, being_made).unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = shelf.find(&key) {
            return Some(std::mem::replace(old, value));
        }
        let gone = shelf.add(key, value, self.room.get());
        drop(shelf);
        drop(gone);
        None
    }

    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut shelf = self.shelf();
        loop {
            if let Some(value) = shelf.find(&key) {
                return value.clone();
            }
            if shelf.being_made.insert(key.clone()) {
                break;
            }
            shelf.asleep += 1;
            shelf = self.made.wait(shelf).unwrap_or_else(PoisonError::into_inner);
            shelf.asleep -= 1;
        }
        drop(shelf);
        let made = catch_unwind(AssertUnwindSafe(make));
        let mut shelf = self.shelf();
        shelf.being_made.remove(&key);
        match made {
            Ok(value) => {
                self.made.notify_all();
                self.turn.notify_all();
                if let Some(put) = shelf.find(&key) {
                    return put.clone();
                }
                let gone = shelf.add(key, value.clone(), self.room.get());
                drop(shelf);
                drop(gone);
                value
            }
            Err(payload) => {
                self.made.notify_all();
                self.turn.notify_all();
                drop(shelf);
                resume_unwind(payload)
            }
        }
    }

    pub fn keys(&self) -> Vec<K> {
        let shelf = self.shelf();
        let mut keys = Vec::with_capacity(shelf.nodes.len());
        let mut at = shelf.newest;
        while let Some(node) = shelf.nodes.get(at) {
            keys.push(node.key.clone());
            at = node.towards_old;
        }
        keys
    }

    pub fn len(&self) -> usize {
        self.shelf().nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.room.get()
    }
}
