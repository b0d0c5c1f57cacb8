//! Fixture: one condition variable for all, notified whole at every departure; a flag, two counts, and a loop around each wait.
//!
//! Readers and writers wait for different things, so `notify_one` could wake one that must go on waiting. An entry needs no
//! notification: it never makes room for another thread.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    readers: usize,
    writer: bool,
    writers_waiting: usize,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        while state.writer || state.writers_waiting > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.readers += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let free = !state.writer && state.writers_waiting == 0;
        state.readers += usize::from(free);
        free
    }

    pub fn unlock_shared(&self) {
        self.state.lock().unwrap().readers -= 1;
        self.changed.notify_all();
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writers_waiting += 1;
        while state.writer || state.readers > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.writers_waiting -= 1;
        state.writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let free = !state.writer && state.readers == 0;
        state.writer |= free;
        free
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writer = false;
        self.changed.notify_all();
    }
}
