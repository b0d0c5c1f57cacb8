//! Both locks can be sent to and shared between threads, and so can references to a guard.

use read_write_lock::{RawReadWriteLock, ReadGuard, ReadWriteLock, WriteGuard};

fn shared<T: ?Sized + Send + Sync>() {}
fn looked_through<T: Sync>() {}

fn main() {
    shared::<RawReadWriteLock>();
    shared::<ReadWriteLock<String>>();
    shared::<ReadWriteLock<[u8]>>();
    looked_through::<ReadGuard<'static, String>>();
    looked_through::<WriteGuard<'static, String>>();
}
