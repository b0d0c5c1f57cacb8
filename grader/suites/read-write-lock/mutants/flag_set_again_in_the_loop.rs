//! Mutant: a flag says that a writer waits; each waiting writer sets it again when it wakes up.
//! Caught by: precedence::a_writer_that_waits_is_not_forgotten_when_another_was_faster (model)
//! Diagnosis: none

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    /// Readers inside, or -1 for a writer.
    inside: i64,
    writers_waiting: bool,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub const fn new() -> Self {
        Self { state: Mutex::new(State { inside: 0, writers_waiting: false }), changed: Condvar::new() }
    }

    pub fn lock_shared(&self) {
        let state = self.state.lock().unwrap();
        let mut state =
            self.changed.wait_while(state, |state| state.inside < 0 || state.writers_waiting).unwrap();
        state.inside += 1;
        self.changed.notify_all();
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.inside < 0 || state.writers_waiting {
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
        state.writers_waiting = true;
        while state.inside != 0 {
            state = self.changed.wait(state).unwrap();
            state.writers_waiting = true;
        }
        state.writers_waiting = false;
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
