//! A guard unlocks when it is dropped, so the lock must still be there.

use reentrant_lock::ReentrantLock;

fn main() {
    let guard;
    {
        let lock = ReentrantLock::new(7);
        guard = lock.lock();
    }
    println!("{}", *guard);
}
