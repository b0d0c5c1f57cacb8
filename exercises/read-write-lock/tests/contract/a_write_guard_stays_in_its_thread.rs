//! A lock is released by the thread that acquired it: a guard cannot be sent to another one.

use std::thread;

use read_write_lock::ReadWriteLock;

fn main() {
    let lock = ReadWriteLock::new(7);
    thread::scope(|scope| {
        let guard = lock.write();
        scope.spawn(move || drop(guard));
    });
}
