//! What the checks hold, and how they hold it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use read_write_lock::RawReadWriteLock;

harness::threads!();

/// Comes in as a reader, runs `inside`, and leaves.
pub fn read<R>(lock: &RawReadWriteLock, inside: impl FnOnce() -> R) -> R {
    lock.lock_shared();
    let result = inside();
    lock.unlock_shared();
    result
}

/// Comes in as the writer, runs `inside`, and leaves.
pub fn write<R>(lock: &RawReadWriteLock, inside: impl FnOnce() -> R) -> R {
    lock.lock_exclusive();
    let result = inside();
    lock.unlock_exclusive();
    result
}

/// Like `read`, unless it is refused.
pub fn try_read<R>(lock: &RawReadWriteLock, inside: impl FnOnce() -> R) -> Option<R> {
    lock.try_lock_shared().then(|| {
        let result = inside();
        lock.unlock_shared();
        result
    })
}

/// Like `write`, unless it is refused.
pub fn try_write<R>(lock: &RawReadWriteLock, inside: impl FnOnce() -> R) -> Option<R> {
    lock.try_lock_exclusive().then(|| {
        let result = inside();
        lock.unlock_exclusive();
        result
    })
}

/// Comes in as the writer. The lock is free.
pub fn come_in_by_trying(lock: &RawReadWriteLock) {
    assert!(lock.try_lock_exclusive(), "a writer is refused though the lock is free");
}

/// Comes in as a reader. There is no writer.
#[cfg(engine = "stress")]
pub fn join_by_trying(lock: &RawReadWriteLock) {
    assert!(lock.try_lock_shared(), "a reader is refused though there is no writer");
}

/// Whether a writer waits. The caller is inside as a reader, so no writer is inside: there is no other reason
/// to refuse a reader.
pub fn a_writer_waits(lock: &RawReadWriteLock) -> bool {
    try_read(lock, || ()).is_none()
}

/// Checks that no thread is inside and none waits: every way of locking succeeds.
pub fn is_free(lock: &RawReadWriteLock) {
    assert!(try_write(lock, || ()).is_some(), "a writer is refused at the end, when all have left");
    let second = try_read(lock, || try_read(lock, || ()).is_some());
    assert_eq!(second, Some(true), "readers are refused at the end, when all have left");
    write(lock, || ());
    read(lock, || ());
}

/// A lock, and a count of the threads inside. The count is sequentially consistent: it shows violations of
/// mutual exclusion, whatever the lock's orderings are.
#[derive(Default)]
pub struct Room {
    pub lock: RawReadWriteLock,
    inside: AtomicUsize,
}

/// What a writer counts: more than all readers together.
const WRITER: usize = 1_000;

impl Room {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawReadWriteLock::new(), inside: AtomicUsize::new(0) })
    }

    /// What a reader that is inside meets there.
    pub fn as_reader(&self) -> Meeting {
        let others = self.inside.fetch_add(1, Ordering::SeqCst);
        self.inside.fetch_sub(1, Ordering::SeqCst);
        if others < WRITER { Meeting::Proper } else { Meeting::ReaderAndWriter }
    }

    /// What a writer that is inside meets there.
    pub fn as_writer(&self) -> Meeting {
        let others = self.inside.fetch_add(WRITER, Ordering::SeqCst);
        self.inside.fetch_sub(WRITER, Ordering::SeqCst);
        match others {
            0 => Meeting::Proper,
            1..WRITER => Meeting::ReaderAndWriter,
            _ => Meeting::TwoWriters,
        }
    }

    pub fn read(&self) {
        read(&self.lock, || self.as_reader()).is_proper();
    }

    pub fn write(&self) {
        write(&self.lock, || self.as_writer()).is_proper();
    }

    pub fn try_read(&self) {
        try_read(&self.lock, || self.as_reader()).unwrap_or(Meeting::Proper).is_proper();
    }

    pub fn try_write(&self) {
        try_write(&self.lock, || self.as_writer()).unwrap_or(Meeting::Proper).is_proper();
    }
}

/// What a thread met inside. It is judged after leaving: a panic inside would leave the lock held.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    Proper,
    ReaderAndWriter,
    TwoWriters,
}

impl Meeting {
    pub fn is_proper(self) {
        match self {
            Meeting::Proper => (),
            Meeting::ReaderAndWriter => panic!("a reader and a writer were inside at the same time"),
            Meeting::TwoWriters => panic!("two writers were inside at the same time"),
        }
    }
}
