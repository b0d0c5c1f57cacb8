//! Fixture: writers pass two doors: first they take turns among themselves, then the one whose turn it is waits for readers to leave.
//!
//! All of them count from their arrival, so no reader comes between two writers. A condition variable for each door and one for
//! readers: `turn` is signalled once when a writer leaves, `empty` when the last reader does, and at most one writer sleeps
//! there; `open` wakes all readers, which check whether another writer waits.

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    readers: usize,
    /// Writers that wait or are inside. Readers stay out while there is one.
    writers: usize,
    /// One of them is through the first door: inside, or the next to be.
    announced: bool,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    open: Condvar,
    turn: Condvar,
    empty: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        let state = self.state.lock().unwrap();
        self.open.wait_while(state, |state| state.writers > 0).unwrap().readers += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.writers > 0 {
            return false;
        }
        state.readers += 1;
        true
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        state.readers -= 1;
        if state.readers == 0 {
            self.empty.notify_one();
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writers += 1;
        let mut state = self.turn.wait_while(state, |state| state.announced).unwrap();
        state.announced = true;
        drop(self.empty.wait_while(state, |state| state.readers > 0).unwrap());
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.announced || state.readers > 0 {
            return false;
        }
        state.announced = true;
        state.writers += 1;
        true
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.announced = false;
        state.writers -= 1;
        self.open.notify_all();
        self.turn.notify_one();
    }
}
