//! A cache of limited size, shared by many threads, that forgets what was not used for longest.
//!
//! The README explains the idea.

use std::hash::Hash;
use std::marker::PhantomData;
use std::num::NonZeroUsize;

/// Keeps at most `capacity` entries; a new one beyond that takes the place of the one that was not used for
/// longest.
pub struct LruCache<K, V> {
    // What finds a key, what says which was used when, and what protects both?
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

    /// Makes `value` the value of `key`, and `key` the most recently used. Returns the value that it replaced.
    /// A new key beyond the capacity evicts the least recently used one.
    pub fn put(&self, _key: K, _value: V) -> Option<V> {
        todo!("LruCache::put, which evicts the least recently used key when the cache is full")
    }

    /// The value of `key`; if there is none, the one that `make` returns, which is put into the cache. Either
    /// way `key` is the most recently used. When many threads miss one key together, one of them calls `make`,
    /// and all get its value.
    ///
    /// `make` must not use this cache.
    ///
    /// # Panics
    ///
    /// When `make` panics. Nobody waits for ever because of that.
    pub fn get_or_insert_with(&self, _key: K, _make: impl FnOnce() -> V) -> V {
        todo!("LruCache::get_or_insert_with, which calls `make` once for all who miss the key together")
    }

    /// All keys, the most recently used first. This is no use of them.
    pub fn keys(&self) -> Vec<K> {
        todo!("LruCache::keys")
    }

    /// The number of entries, never above the capacity.
    pub fn len(&self) -> usize {
        todo!("LruCache::len")
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        todo!("LruCache::is_empty")
    }

    /// The most entries that there can be.
    pub fn capacity(&self) -> usize {
        todo!("LruCache::capacity")
    }
}
