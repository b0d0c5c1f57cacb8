//! A cache of limited capacity, shared between threads, that evicts the least recently used entry.
//!
//! The README explains the idea.

use std::hash::Hash;
use std::marker::PhantomData;
use std::num::NonZeroUsize;

/// A map of at most `capacity` entries. A new entry beyond that replaces the least recently used one. Every
/// operation is linearizable.
pub struct LruCache<K, V> {
    // What finds a key, what records the order of use, and what protects both?
    todo: PhantomData<(K, V)>,
}

impl<K: Eq + Hash + Clone, V: Clone> LruCache<K, V> {
    /// An empty cache.
    pub fn new(_capacity: NonZeroUsize) -> Self {
        todo!("LruCache::new")
    }

    /// The value of `key`. A hit makes `key` the most recently used.
    pub fn get(&self, _key: &K) -> Option<V> {
        todo!("LruCache::get, which is a use of the key")
    }

    /// Sets the value of `key`, and makes `key` the most recently used. Returns the previous value, if any.
    /// A new key beyond the capacity evicts the least recently used one.
    pub fn put(&self, _key: K, _value: V) -> Option<V> {
        todo!("LruCache::put, which evicts the least recently used key when the cache is full")
    }

    /// The value of `key`. If there is none, calls `make` and inserts the result. Either way, `key` becomes
    /// the most recently used. If several threads miss the same key at the same time, one of them calls
    /// `make`, and all of them get its value.
    ///
    /// `make` must not use this cache.
    ///
    /// # Panics
    ///
    /// If `make` panics. No other thread blocks forever because of that.
    pub fn get_or_insert_with(&self, _key: K, _make: impl FnOnce() -> V) -> V {
        todo!("LruCache::get_or_insert_with, which calls `make` once for all threads that miss the key")
    }

    /// All keys, the most recently used first. This does not count as a use.
    pub fn keys(&self) -> Vec<K> {
        todo!("LruCache::keys")
    }

    /// The number of entries, which never exceeds the capacity.
    pub fn len(&self) -> usize {
        todo!("LruCache::len")
    }

    /// Whether the cache has no entries.
    pub fn is_empty(&self) -> bool {
        todo!("LruCache::is_empty")
    }

    /// The maximum number of entries.
    pub fn capacity(&self) -> usize {
        todo!("LruCache::capacity")
    }
}
