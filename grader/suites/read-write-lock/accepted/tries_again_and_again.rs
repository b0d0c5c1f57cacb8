//! Fixture: a reader that tries goes on until its exchange succeeds or a writer is there.

mod guarded;

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};

const WRITER: usize = 1;
const READER: usize = 2;

/// The word says who is inside, the number who waits, and those who wait park on a list.
#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    inside: AtomicUsize,
    writers_waiting: AtomicUsize,
    parked: Mutex<VecDeque<Thread>>,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn park_until(&self, come_in: impl Fn() -> bool) {
        loop {
            {
                let mut parked = self.parked.lock().unwrap();
                if come_in() {
                    return;
                }
                let me = thread::current();
                if parked.iter().all(|other| other.id() != me.id()) {
                    parked.push_back(me);
                }
            }
            thread::park();
        }
    }

    fn unpark_all(&self) {
        self.parked.lock().unwrap().drain(..).for_each(|thread| thread.unpark());
    }

    pub fn lock_shared(&self) {
        self.park_until(|| self.enter_shared(usize::MAX));
    }

    fn enter_shared(&self, tries: usize) -> bool {
        let mut inside = self.inside.load(Ordering::SeqCst);
        for _ in 0..tries {
            if inside & WRITER != 0 || self.writers_waiting.load(Ordering::SeqCst) > 0 {
                return false;
            }
            match self.inside.compare_exchange(inside, inside + READER, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => {
                    return true;
                }
                Err(now) => inside = now,
            }
        }
        false
    }

    pub fn try_lock_shared(&self) -> bool {
        // Under the list's mutex nobody begins to wait.
        let _parked = self.parked.lock().unwrap();
        self.enter_shared(usize::MAX)
    }

    pub fn unlock_shared(&self) {
        if self.inside.fetch_sub(READER, Ordering::SeqCst) == READER {
            self.unpark_all();
        }
    }

    pub fn lock_exclusive(&self) {
        {
            let _parked = self.parked.lock().unwrap();
            if self.try_lock_exclusive() {
                return;
            }
            self.writers_waiting.fetch_add(1, Ordering::SeqCst);
        }
        self.park_until(|| {
            let mine = self.try_lock_exclusive();
            if mine {
                self.writers_waiting.fetch_sub(1, Ordering::SeqCst);
            }
            mine
        });
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.inside.compare_exchange(0, WRITER, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    pub fn unlock_exclusive(&self) {
        self.inside.fetch_sub(WRITER, Ordering::SeqCst);
        self.unpark_all();
    }
}
