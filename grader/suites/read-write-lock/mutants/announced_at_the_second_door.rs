//! Mutant: writers first queue among themselves, and only the one whose turn it is is announced (as in Go): readers come between two writers.
//! Caught by: crowd::readers_do_not_come_between_two_writers (stress)
//! Diagnosis: none

mod guarded;

use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    readers: usize,
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
        self.open.wait_while(state, |state| state.announced).unwrap().readers += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.announced {
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
        let state = self.state.lock().unwrap();
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
        true
    }

    pub fn unlock_exclusive(&self) {
        self.state.lock().unwrap().announced = false;
        self.open.notify_all();
        self.turn.notify_one();
    }
}
