//! Fixture: one atomic word (a writer's bit, writers that wait, readers inside); the mutex is only there to sleep.
//!
//! The word is changed with `Release` to leave and with `Acquire` to come in, by read-modify-write operations alone, so what
//! was done inside happens before what the next threads do inside. The mutex protects no data: it excludes a notification
//! between a check and its wait.

mod guarded;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

const READER: u64 = 1;
const READERS: u64 = (1 << 31) - 1;
const WAITING: u64 = 1 << 31;
const ALL_WAITING: u64 = !READERS & !WRITER;
const WRITER: u64 = 1 << 63;

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    word: AtomicU64,
    sleep: Mutex<()>,
    readers: Condvar,
    writers: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn try_lock_shared(&self) -> bool {
        let enter = |word| (word & (WRITER | ALL_WAITING) == 0).then_some(word + READER);
        self.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, enter).is_ok()
    }

    pub fn lock_shared(&self) {
        if self.try_lock_shared() {
            return;
        }
        let mut asleep = self.sleep.lock().unwrap();
        while !self.try_lock_shared() {
            asleep = self.readers.wait(asleep).unwrap();
        }
    }

    pub fn unlock_shared(&self) {
        let before = self.word.fetch_sub(READER, Ordering::Release);
        if before & READERS == READER && before & ALL_WAITING != 0 {
            // With the mutex held: a writer that has just checked the word waits by then.
            let _asleep = self.sleep.lock().unwrap();
            self.writers.notify_one();
        }
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let enter = |word| (word & (WRITER | READERS) == 0).then_some(word | WRITER);
        self.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, enter).is_ok()
    }

    pub fn lock_exclusive(&self) {
        if self.word.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed).is_ok() {
            return;
        }
        self.word.fetch_add(WAITING, Ordering::Relaxed);
        let enter = |word| (word & (WRITER | READERS) == 0).then_some((word - WAITING) | WRITER);
        let mut asleep = self.sleep.lock().unwrap();
        while self.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, enter).is_err() {
            asleep = self.writers.wait(asleep).unwrap();
        }
    }

    pub fn unlock_exclusive(&self) {
        let before = self.word.fetch_and(!WRITER, Ordering::Release);
        let _asleep = self.sleep.lock().unwrap();
        if before & ALL_WAITING != 0 {
            self.writers.notify_one();
        } else {
            self.readers.notify_all();
        }
    }
}
