//! A cache can be sent to and shared between threads, if its keys and values can.

use std::num::NonZeroUsize;
use std::thread;

use lru_cache::LruCache;

fn shared<T: Send + Sync>() {}

// Only compiled: there may be nothing to run yet.
fn threads_share_a_cache() {
    shared::<LruCache<String, Vec<u8>>>();
    let words = String::from("keys may be borrowed");
    let cache = LruCache::new(NonZeroUsize::MIN);
    thread::scope(|scope| {
        for word in words.split(' ') {
            let cache = &cache;
            scope.spawn(move || cache.put(word, word.len()));
        }
    });
}

fn main() {
    let _ = threads_share_a_cache;
}
