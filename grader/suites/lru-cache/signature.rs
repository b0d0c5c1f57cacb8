//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::hash::Hash;
use std::num::NonZeroUsize;

use lru_cache::LruCache;

/// `LruCache<K, V>: Send + Sync`, where `K` and `V` are
fn is_shared<K: Eq + Hash + Clone + Send + Sync + 'static, V: Clone + Send + Sync + 'static>() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<LruCache<K, V>>();
}

/// `LruCache::new(capacity: NonZeroUsize) -> LruCache<K, V>`
fn new<K: Eq + Hash + Clone, V: Clone>(capacity: NonZeroUsize) {
    let _: LruCache<K, V> = LruCache::<K, V>::new(capacity);
}

/// `LruCache::get(&self, key: &K) -> Option<V>`
fn get<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>, key: &K) {
    let _: Option<V> = LruCache::get(cache, key);
}

/// `LruCache::put(&self, key: K, value: V) -> Option<V>`
fn put<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>, key: K, value: V) {
    let _: Option<V> = LruCache::put(cache, key, value);
}

/// `LruCache::get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> V`
fn get_or_insert_with<K: Eq + Hash + Clone, V: Clone>(
    cache: &LruCache<K, V>,
    key: K,
    make: impl FnOnce() -> V,
) {
    let _: V = LruCache::get_or_insert_with(cache, key, make);
}

/// `LruCache::keys(&self) -> Vec<K>`
fn keys<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>) {
    let _: Vec<K> = LruCache::keys(cache);
}

/// `LruCache::len(&self) -> usize`
fn len<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>) {
    let _: usize = LruCache::len(cache);
}

/// `LruCache::is_empty(&self) -> bool`
fn is_empty<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>) {
    let _: bool = LruCache::is_empty(cache);
}

/// `LruCache::capacity(&self) -> usize`
fn capacity<K: Eq + Hash + Clone, V: Clone>(cache: &LruCache<K, V>) {
    let _: usize = LruCache::capacity(cache);
}
