//! A read-write lock: any number of readers at once, or one writer alone.
//!
//! `RawReadWriteLock` is the protocol, and the exercise. `guarded` puts data behind it. The README explains
//! the idea.

mod guarded;

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

/// Who may come in, and who waits. It protects nothing by itself: see `ReadWriteLock`.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    // Who is inside, who waits, what protects these numbers, and where do waiting threads sleep?
}

impl RawReadWriteLock {
    /// A lock with nobody inside and nobody waiting.
    pub fn new() -> Self {
        todo!("RawReadWriteLock::new, a lock with nobody inside")
    }

    /// Comes in as a reader; sleeps while a writer is inside or waits.
    pub fn lock_shared(&self) {
        todo!("RawReadWriteLock::lock_shared, which sleeps while a writer is inside or waits")
    }

    /// Comes in as a reader if that is possible without waiting: no writer is inside, and none waits. If not,
    /// it is as if nobody had asked.
    pub fn try_lock_shared(&self) -> bool {
        todo!("RawReadWriteLock::try_lock_shared, which never sleeps")
    }

    /// A reader leaves. The last one lets a writer in.
    pub fn unlock_shared(&self) {
        todo!("RawReadWriteLock::unlock_shared, which wakes a writer")
    }

    /// Comes in as the writer; sleeps while anybody is inside. No new reader comes in meanwhile.
    pub fn lock_exclusive(&self) {
        todo!("RawReadWriteLock::lock_exclusive, which sleeps while anybody is inside")
    }

    /// Comes in as the writer if that is possible without waiting. If not, it is as if nobody had asked.
    pub fn try_lock_exclusive(&self) -> bool {
        todo!("RawReadWriteLock::try_lock_exclusive, which never sleeps")
    }

    /// The writer leaves, and whoever waits is woken.
    pub fn unlock_exclusive(&self) {
        todo!("RawReadWriteLock::unlock_exclusive, which wakes whoever waits")
    }
}
