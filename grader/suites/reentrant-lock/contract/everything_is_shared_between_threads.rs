//! The locks and the repository can be sent to and shared between threads.

use std::cell::Cell;

use reentrant_lock::{CachedRepository, RawReentrantLock, ReentrantLock};

fn shared<T: ?Sized + Send + Sync + 'static>() {}

fn main() {
    shared::<RawReentrantLock>();
    shared::<ReentrantLock<Cell<u32>>>();
    shared::<CachedRepository<String>>();
}
