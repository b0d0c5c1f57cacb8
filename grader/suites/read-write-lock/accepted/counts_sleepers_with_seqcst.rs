//! Fixture: one atomic word; a thread that leaves takes the mutex only if another one sleeps, which `SeqCst` makes safe to check.

mod guarded;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

const READER: u64 = 1;
const WAITING: u64 = 1 << 20;
const WRITER: u64 = 1 << 40;

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    word: AtomicU64,
    sleepers: AtomicUsize,
    mutex: Mutex<()>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn enter_shared(&self) -> bool {
        let enter = |word| (word < WAITING).then_some(word + READER);
        self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, enter).is_ok()
    }

    fn enter_exclusive(&self, waited: u64) -> bool {
        let enter = |word| (word % WAITING == 0 && word < WRITER).then_some(word - waited + WRITER);
        self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, enter).is_ok()
    }

    fn wait_until(&self, enter: impl Fn() -> bool) {
        if enter() {
            return;
        }
        let mut mutex = self.mutex.lock().unwrap();
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        while !enter() {
            mutex = self.changed.wait(mutex).unwrap();
        }
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// A sleeper counts itself and then checks the word; this reads the count after the word was changed. In the
    /// single total order of `SeqCst` operations one of the two sees the other.
    fn wake(&self) {
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            let _mutex = self.mutex.lock().unwrap();
            self.changed.notify_all();
        }
    }

    pub fn lock_shared(&self) {
        self.wait_until(|| self.enter_shared());
    }

    pub fn try_lock_shared(&self) -> bool {
        self.enter_shared()
    }

    pub fn unlock_shared(&self) {
        self.word.fetch_sub(READER, Ordering::SeqCst);
        self.wake();
    }

    pub fn lock_exclusive(&self) {
        self.word.fetch_add(WAITING, Ordering::SeqCst);
        self.wait_until(|| self.enter_exclusive(WAITING));
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.enter_exclusive(0)
    }

    pub fn unlock_exclusive(&self) {
        self.word.fetch_sub(WRITER, Ordering::SeqCst);
        self.wake();
    }
}
