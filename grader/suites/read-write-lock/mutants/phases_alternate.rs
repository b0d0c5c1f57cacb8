//! Mutant: when a writer leaves, all readers that wait go first, those that came after the next writer, too.
//! Caught by: precedence::a_reader_does_not_come_between_two_writers (model)
//! Diagnosis: none

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    readers: usize,
    writer: bool,
    readers_waiting: usize,
    writers_waiting: usize,
    /// Readers that a leaving writer has let in and that have not come yet.
    admitted: usize,
}

/// Phases: a batch of readers, a writer, a batch of readers, and so on.
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
        state.readers_waiting += 1;
        while state.admitted == 0 && (state.writer || state.writers_waiting > 0) {
            state = self.changed.wait(state).unwrap();
        }
        state.readers_waiting -= 1;
        state.admitted = state.admitted.saturating_sub(1);
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
        while state.writer || state.readers > 0 || state.admitted > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.writers_waiting -= 1;
        state.writer = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let free = !state.writer && state.readers == 0 && state.admitted == 0;
        state.writer |= free;
        free
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writer = false;
        state.admitted = state.readers_waiting;
        self.changed.notify_all();
    }
}
