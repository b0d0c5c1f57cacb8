//! Fixture: a writer's flag and the readers' number are two atomics; a thread that comes in holds the mutex, one that leaves does not.
//!
//! So two threads that come in never see each other half way: what one of them counts and takes back, no other reads. A
//! holder that leaves meanwhile can make a refusal out of date, but not wrong. A thread that leaves takes the mutex after
//! the change, to notify: a thread that has not seen the change waits by then.

mod guarded;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    readers: AtomicUsize,
    writer: AtomicBool,
    waiting: AtomicUsize,
    sleep: Mutex<()>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        if self.try_lock_shared() {
            return;
        }
        let mut sleep = self.sleep.lock().unwrap();
        while !self.enter_shared() {
            sleep = self.changed.wait(sleep).unwrap();
        }
    }

    fn enter_shared(&self) -> bool {
        if self.waiting.load(SeqCst) > 0 {
            return false;
        }
        self.readers.fetch_add(1, SeqCst);
        if !self.writer.load(SeqCst) {
            return true;
        }
        self.readers.fetch_sub(1, SeqCst);
        false
    }

    pub fn try_lock_shared(&self) -> bool {
        let _sleep = self.sleep.lock().unwrap();
        self.enter_shared()
    }

    pub fn unlock_shared(&self) {
        self.readers.fetch_sub(1, SeqCst);
        self.ring();
    }

    fn enter_exclusive(&self) -> bool {
        if self.writer.swap(true, SeqCst) {
            return false;
        }
        if self.readers.load(SeqCst) == 0 {
            return true;
        }
        self.writer.store(false, SeqCst);
        false
    }

    pub fn lock_exclusive(&self) {
        self.waiting.fetch_add(1, SeqCst);
        let mut sleep = self.sleep.lock().unwrap();
        while !self.enter_exclusive() {
            sleep = self.changed.wait(sleep).unwrap();
        }
        self.waiting.fetch_sub(1, SeqCst);
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let _sleep = self.sleep.lock().unwrap();
        self.enter_exclusive()
    }

    pub fn unlock_exclusive(&self) {
        self.writer.store(false, SeqCst);
        self.ring();
    }

    /// With the mutex held, so that no thread is between its check and its wait.
    fn ring(&self) {
        let _sleep = self.sleep.lock().unwrap();
        self.changed.notify_all();
    }
}
