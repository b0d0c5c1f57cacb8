//! Two guards of one thread lend the same data: neither of them may lend it mutably.

use reentrant_lock::ReentrantLock;

fn main() {
    let lock = ReentrantLock::new(7);
    let guard = lock.lock();
    *guard = 8;
}
