//! `make` runs in its caller's thread, once: it may borrow, and it may give away what it owns.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru_cache::LruCache;

fn main() {
    let cache = LruCache::new(NonZeroUsize::MIN);
    let mut calls = 0;
    let (text, local) = (String::from("given away"), Rc::new(()));
    let value: String = cache.get_or_insert_with("key", || {
        calls += 1;
        drop(local);
        text
    });
    assert_eq!((value.as_str(), calls), ("given away", 1));
}
