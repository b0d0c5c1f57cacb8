//! Fixture: `try_lock_exclusive` calls `try_lock` on the inner mutex: for a writer, unlike for a reader, every history
//! remains linearizable.

mod guarded;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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
}

impl State {
    fn admits_a_reader(&self) -> bool {
        !self.writer_inside && self.writers_waiting == 0
    }

    fn admits_a_writer(&self) -> bool {
        !self.writer_inside && self.readers_inside == 0
    }
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let mut state = self.state();
        while !state.admits_a_reader() {
            state = self.readers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.readers_inside += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state();
        let admitted = state.admits_a_reader();
        if admitted {
            state.readers_inside += 1;
        }
        admitted
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state();
        state.readers_inside -= 1;
        if state.readers_inside == 0 {
            self.writers.notify_one();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state();
        state.writers_waiting += 1;
        while !state.admits_a_writer() {
            state = self.writers.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.writers_waiting -= 1;
        state.writer_inside = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        // The thread with the mutex comes in, leaves, or is refused itself: one is inside before or after that.
        let Ok(mut state) = self.state.try_lock() else { return false };
        let admitted = state.admits_a_writer();
        if admitted {
            state.writer_inside = true;
        }
        admitted
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state();
        state.writer_inside = false;
        if state.writers_waiting > 0 {
            self.writers.notify_one();
        } else {
            self.readers.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
