//! `make` runs in its caller's thread, once: it may borrow, and it may give away what it owns.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru_cache::LruCache;

// Only compiled: there may be nothing to run yet.
fn make_borrows() {
    let cache = LruCache::new(NonZeroUsize::MIN);
    let mut calls = 0;
    let (text, local) = (String::from("given away"), Rc::new(()));
    let value: String = cache.get_or_insert_with("key", || {
        calls += 1;
        drop(local);
        text
    });
    let _ = (value, calls);
}

fn main() {
    let _ = make_borrows;
}
