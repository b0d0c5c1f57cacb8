//! A read-write lock: any number of readers at once, or one writer alone.
//!
//! `RawReadWriteLock` is the protocol, and the exercise. `guarded` protects data with it. The README explains
//! the idea.

mod guarded;

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

/// The protocol of the lock: who may enter, and who waits. It protects no data itself: see `ReadWriteLock`.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    // Who holds the lock, who waits for it, what protects these numbers, and where do threads wait?
}

impl RawReadWriteLock {
    /// An unlocked lock.
    pub fn new() -> Self {
        todo!("RawReadWriteLock::new, an unlocked lock")
    }

    /// Acquires the lock as a reader, and blocks while a writer holds it or waits for it.
    pub fn lock_shared(&self) {
        todo!("RawReadWriteLock::lock_shared, which blocks while a writer holds the lock or waits for it")
    }

    /// Acquires the lock as a reader if no writer holds it or waits for it. Never blocks. A call that
    /// returns false has no effect.
    pub fn try_lock_shared(&self) -> bool {
        todo!("RawReadWriteLock::try_lock_shared, which never blocks")
    }

    /// Releases the lock as a reader. The last reader lets a writer in.
    pub fn unlock_shared(&self) {
        todo!("RawReadWriteLock::unlock_shared, which wakes a writer")
    }

    /// Acquires the lock as the writer, and blocks while any thread holds it. No new reader enters meanwhile.
    pub fn lock_exclusive(&self) {
        todo!("RawReadWriteLock::lock_exclusive, which blocks while any thread holds the lock")
    }

    /// Acquires the lock as the writer if no thread holds it. Never blocks. A call that returns
    /// false has no effect.
    pub fn try_lock_exclusive(&self) -> bool {
        todo!("RawReadWriteLock::try_lock_exclusive, which never blocks")
    }

    /// Releases the lock as the writer, and wakes the threads that can enter.
    pub fn unlock_exclusive(&self) {
        todo!("RawReadWriteLock::unlock_exclusive, which wakes waiting threads")
    }
}
