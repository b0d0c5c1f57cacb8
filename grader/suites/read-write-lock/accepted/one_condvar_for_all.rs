//! Fixture: one condition variable for all threads, `notify_all` at every change, one signed number for who is inside.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    /// Readers inside, or -1 for a writer.
    inside: i64,
    writers_waiting: usize,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub const fn new() -> Self {
        Self { state: Mutex::new(State { inside: 0, writers_waiting: 0 }), changed: Condvar::new() }
    }

    pub fn lock_shared(&self) {
        let state = self.state.lock().unwrap();
        let mut state =
            self.changed.wait_while(state, |state| state.inside < 0 || state.writers_waiting > 0).unwrap();
        state.inside += 1;
        self.changed.notify_all();
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.inside < 0 || state.writers_waiting > 0 {
            return false;
        }
        state.inside += 1;
        self.changed.notify_all();
        true
    }

    pub fn unlock_shared(&self) {
        self.state.lock().unwrap().inside -= 1;
        self.changed.notify_all();
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writers_waiting += 1;
        let mut state = self.changed.wait_while(state, |state| state.inside != 0).unwrap();
        state.writers_waiting -= 1;
        state.inside = -1;
        self.changed.notify_all();
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let free = state.inside == 0;
        if free {
            state.inside = -1;
        }
        free
    }

    pub fn unlock_exclusive(&self) {
        self.state.lock().unwrap().inside = 0;
        self.changed.notify_all();
    }
}
