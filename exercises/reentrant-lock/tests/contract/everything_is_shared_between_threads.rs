//! The locks and the repository can be sent to and shared between threads. What is behind the lock need not be
//! `Sync`: one thread at a time has it.

use std::cell::Cell;

use reentrant_lock::{CachedRepository, RawReentrantLock, ReentrantLock};

fn shared<T: ?Sized + Send + Sync>() {}

fn main() {
    shared::<RawReentrantLock>();
    shared::<ReentrantLock<Cell<u32>>>();
    shared::<ReentrantLock<[u8]>>();
    shared::<CachedRepository<String>>();
}
