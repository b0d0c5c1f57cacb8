//! Readers share the data: none of them can change it.

use read_write_lock::ReadWriteLock;

fn main() {
    let lock = ReadWriteLock::new(7);
    let guard = lock.read();
    *guard = 8;
}
