//! Fixture: one word has all facts, with 20 bits for the writers that wait.

mod guarded;

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

const WRITER: u64 = 1;
/// Writers that wait.
const LINE: u64 = 2;
const LINE_FULL: u64 = LINE * 0xF_FFFF;
const READER: u64 = LINE * (0xF_FFFF + 1);

/// All facts in one word; who must wait sleeps by the mutex, and checks the word under it.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    word: AtomicU64,
    door: Mutex<()>,
    bell: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn change(&self, change: impl Fn(u64) -> Option<u64>) -> Option<u64> {
        self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, change).ok()
    }

    fn sleep_until(&self, change: impl Fn(u64) -> Option<u64>) {
        let mut door = self.door.lock().unwrap();
        while self.change(&change).is_none() {
            door = self.bell.wait(door).unwrap();
        }
    }

    fn ring(&self) {
        drop(self.door.lock().unwrap());
        self.bell.notify_all();
    }

    fn reader_in(word: u64) -> Option<u64> {
        (word & (WRITER | LINE_FULL) == 0).then(|| word + READER)
    }

    pub fn lock_shared(&self) {
        if !self.try_lock_shared() {
            self.sleep_until(Self::reader_in);
        }
    }

    pub fn try_lock_shared(&self) -> bool {
        self.change(Self::reader_in).is_some()
    }

    pub fn unlock_shared(&self) {
        if self.word.fetch_sub(READER, Ordering::SeqCst) < 2 * READER {
            self.ring();
        }
    }

    pub fn lock_exclusive(&self) {
        if self.try_lock_exclusive() {
            return;
        }
        // The line.
        self.change(|word| Some(if word & LINE_FULL == LINE_FULL { word } else { word + LINE }));
        self.sleep_until(|word| {
            (word & WRITER == 0 && word < READER)
                .then(|| (word | WRITER) - if word & LINE_FULL == 0 { 0 } else { LINE })
        });
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.change(|word| (word & WRITER == 0 && word < READER).then_some(word | WRITER)).is_some()
    }

    pub fn unlock_exclusive(&self) {
        self.word.fetch_and(!WRITER, Ordering::SeqCst);
        self.ring();
    }
}
