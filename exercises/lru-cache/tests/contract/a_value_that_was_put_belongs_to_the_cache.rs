//! `put` takes key and value: they belong to the cache, and `get` hands out clones.

use std::num::NonZeroUsize;

use lru_cache::LruCache;

fn main() {
    let cache = LruCache::new(NonZeroUsize::MIN);
    let value = String::from("a value");
    // Called through a variable: so rustc's message does not depend on how `put` is written.
    let put = LruCache::put;
    let _ = put(&cache, 1, value);
    println!("{value}");
}
