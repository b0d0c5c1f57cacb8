//! Fixture: each condition is written out where it is tested, for waiting and for trying; `unwrap` on the mutex, whose holders do not panic.
//!
//! `readers` is signalled when a writer leaves and no other waits: all of them can come in. `writers` is signalled, once, when
//! the last reader or a writer leaves: one can come in, and it signals again when it leaves.

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
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        while state.writer_inside || state.writers_waiting > 0 {
            state = self.readers.wait(state).unwrap();
        }
        state.readers_inside += 1;
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
            self.readers.notify_all();
        }
    }
}
