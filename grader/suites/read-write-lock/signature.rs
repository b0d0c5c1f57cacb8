//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

use read_write_lock::{RawReadWriteLock, ReadGuard, ReadWriteLock, WriteGuard};

/// `#[derive(Debug, Default)] pub struct RawReadWriteLock`
fn raw_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<RawReadWriteLock>();
}

/// `RawReadWriteLock: Send + Sync`
fn raw_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<RawReadWriteLock>();
}

/// `RawReadWriteLock::new() -> RawReadWriteLock`
fn raw_new() {
    let _: RawReadWriteLock = RawReadWriteLock::new();
}

/// `RawReadWriteLock::lock_shared(&self)`
fn lock_shared(lock: &RawReadWriteLock) {
    let _: () = RawReadWriteLock::lock_shared(lock);
}

/// `RawReadWriteLock::try_lock_shared(&self) -> bool`
fn try_lock_shared(lock: &RawReadWriteLock) {
    let _: bool = RawReadWriteLock::try_lock_shared(lock);
}

/// `RawReadWriteLock::unlock_shared(&self)`
fn unlock_shared(lock: &RawReadWriteLock) {
    let _: () = RawReadWriteLock::unlock_shared(lock);
}

/// `RawReadWriteLock::lock_exclusive(&self)`
fn lock_exclusive(lock: &RawReadWriteLock) {
    let _: () = RawReadWriteLock::lock_exclusive(lock);
}

/// `RawReadWriteLock::try_lock_exclusive(&self) -> bool`
fn try_lock_exclusive(lock: &RawReadWriteLock) {
    let _: bool = RawReadWriteLock::try_lock_exclusive(lock);
}

/// `RawReadWriteLock::unlock_exclusive(&self)`
fn unlock_exclusive(lock: &RawReadWriteLock) {
    let _: () = RawReadWriteLock::unlock_exclusive(lock);
}

/// `pub use guarded::ReadWriteLock;`
fn read_write_lock<T: Send + Sync + 'static>(lock: ReadWriteLock<T>, data: T) {
    fn shared<T: Send + Sync + 'static>(_: T) {}
    shared(lock);
    shared::<ReadWriteLock<T>>(ReadWriteLock::new(data));
}

/// `pub use guarded::ReadGuard;`
fn read_guard<'lock, T>(lock: &'lock ReadWriteLock<T>) {
    fn derefs<T>(_: impl Deref<Target = T>) {}
    let guard: ReadGuard<'lock, T> = ReadWriteLock::read(lock);
    derefs::<T>(guard);
    let _: Option<ReadGuard<'lock, T>> = ReadWriteLock::try_read(lock);
}

/// `pub use guarded::WriteGuard;`
fn write_guard<'lock, T>(lock: &'lock ReadWriteLock<T>) {
    fn derefs<T>(_: impl DerefMut<Target = T>) {}
    let guard: WriteGuard<'lock, T> = ReadWriteLock::write(lock);
    derefs::<T>(guard);
    let _: Option<WriteGuard<'lock, T>> = ReadWriteLock::try_write(lock);
}
