//! Keys may be borrowed; then they must be there as long as the cache is used.

use std::num::NonZeroUsize;

use lru_cache::LruCache;

fn main() {
    let cache = LruCache::new(NonZeroUsize::MIN);
    {
        let text = String::from("key");
        cache.put(text.as_str(), 7);
    }
    println!("{}", cache.len());
}
