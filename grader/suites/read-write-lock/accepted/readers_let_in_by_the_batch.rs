//! Fixture: a writer that leaves, and after which no other waits, lets in all readers that wait: they are inside before they have woken up.
//!
//! A reader remembers the batch with which it waits. When the batch is over, the writer has counted this reader in, so its
//! place is its own, however late it wakes and whatever threads come meanwhile.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    readers: Condvar,
    writers: Condvar,
}

#[derive(Debug, Default)]
struct State {
    readers_inside: usize,
    writer_inside: bool,
    writers_waiting: usize,
    readers_waiting: usize,
    batch: u64,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        if !state.writer_inside && state.writers_waiting == 0 {
            state.readers_inside += 1;
            return;
        }
        state.readers_waiting += 1;
        let mine = state.batch;
        while state.batch == mine {
            state = self.readers.wait(state).unwrap();
        }
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let admitted = !state.writer_inside && state.writers_waiting == 0;
        if admitted {
            state.readers_inside += 1;
        }
        admitted
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        state.readers_inside -= 1;
        if state.readers_inside == 0 {
            self.writers.notify_one();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writers_waiting += 1;
        while state.writer_inside || state.readers_inside > 0 {
            state = self.writers.wait(state).unwrap();
        }
        state.writers_waiting -= 1;
        state.writer_inside = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let admitted = !state.writer_inside && state.readers_inside == 0;
        if admitted {
            state.writer_inside = true;
        }
        admitted
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writer_inside = false;
        if state.writers_waiting > 0 {
            self.writers.notify_one();
        } else {
            state.batch += 1;
            state.readers_inside += state.readers_waiting;
            state.readers_waiting = 0;
            self.readers.notify_all();
        }
    }
}
