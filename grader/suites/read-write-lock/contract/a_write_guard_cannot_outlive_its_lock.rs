//! A guard unlocks when it is dropped, so the lock must still be there.

use read_write_lock::ReadWriteLock;

fn main() {
    let guard;
    {
        let lock = ReadWriteLock::new(7);
        guard = lock.write();
    }
    println!("{}", *guard);
}
