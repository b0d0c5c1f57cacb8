//! `Rc` counts without synchronisation, so a cache that hands out clones of one must not be shared.

use std::rc::Rc;

use lru_cache::LruCache;

fn shared<T: Send + Sync>() {}

fn main() {
    shared::<LruCache<u32, Rc<str>>>();
}
