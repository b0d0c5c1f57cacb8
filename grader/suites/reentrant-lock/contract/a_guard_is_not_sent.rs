//! A lock is released by the thread that acquired it: a guard cannot be sent to another one.

use std::thread;

use reentrant_lock::ReentrantLock;

fn main() {
    let lock = ReentrantLock::new(7);
    thread::scope(|scope| {
        let guard = lock.lock();
        scope.spawn(move || drop(guard));
    });
}
