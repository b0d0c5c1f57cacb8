//! Readers see the data from several threads at once: a `Cell` behind the lock must not be shared.

use std::cell::Cell;

use read_write_lock::ReadWriteLock;

fn shared<T: Sync>() {}

fn main() {
    shared::<ReadWriteLock<Cell<u32>>>();
}
