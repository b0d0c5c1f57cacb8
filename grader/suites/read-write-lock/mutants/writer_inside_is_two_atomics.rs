//! Mutant: a writer's flag and the readers' number are two atomics: of a reader and a writer that try, both can be refused.
//! Caught by: trying::a_reader_and_a_writer_that_try_are_refused_for_a_reason (model)
//! Diagnosis: check_then_act

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
        self.changed.notify_all();
        false
    }

    pub fn try_lock_shared(&self) -> bool {
        self.enter_shared() || {
            self.ring();
            false
        }
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
        self.changed.notify_all();
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
        self.enter_exclusive() || {
            self.ring();
            false
        }
    }

    pub fn unlock_exclusive(&self) {
        self.writer.store(false, SeqCst);
        self.ring();
    }

    /// With the mutex in hand, so that nobody is between a look and a sleep.
    fn ring(&self) {
        let _sleep = self.sleep.lock().unwrap();
        self.changed.notify_all();
    }
}
