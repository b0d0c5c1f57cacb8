//! Fixture: spins a few times before it sleeps, as real locks do; poison-tolerant; notifies after the mutex.

mod guarded;

use std::hint;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

const LOOKS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Inside {
    #[default]
    Nobody,
    Readers(usize),
    Writer,
}

#[derive(Debug, Default)]
struct State {
    inside: Inside,
    writers_waiting: usize,
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self { ..Default::default() }
    }

    pub fn try_lock_shared(&self) -> bool {
        Self::enter_shared(&mut self.state())
    }

    pub fn lock_shared(&self) {
        for _ in 0..LOOKS {
            if self.try_lock_shared() {
                return;
            }
            hint::spin_loop();
        }
        let mut state = self.state();
        while !Self::enter_shared(&mut state) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state();
        state.inside = match state.inside {
            Inside::Readers(1) => Inside::Nobody,
            Inside::Readers(readers) => Inside::Readers(readers - 1),
            Inside::Nobody | Inside::Writer => panic!("no reader is inside"),
        };
        let empty = state.inside == Inside::Nobody;
        drop(state);
        if empty {
            self.changed.notify_all();
        }
    }

    pub fn try_lock_exclusive(&self) -> bool {
        Self::enter_exclusive(&mut self.state())
    }

    pub fn lock_exclusive(&self) {
        for _ in 0..LOOKS {
            if self.try_lock_exclusive() {
                return;
            }
            hint::spin_loop();
        }
        let mut state = self.state();
        state.writers_waiting += 1;
        while !Self::enter_exclusive(&mut state) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.writers_waiting -= 1;
    }

    pub fn unlock_exclusive(&self) {
        self.state().inside = Inside::Nobody;
        self.changed.notify_all();
    }

    fn enter_shared(state: &mut State) -> bool {
        let readers = match state.inside {
            Inside::Nobody if state.writers_waiting == 0 => 0,
            Inside::Readers(readers) if state.writers_waiting == 0 => readers,
            Inside::Nobody | Inside::Readers(_) | Inside::Writer => return false,
        };
        state.inside = Inside::Readers(readers + 1);
        true
    }

    fn enter_exclusive(state: &mut State) -> bool {
        let free = state.inside == Inside::Nobody;
        if free {
            state.inside = Inside::Writer;
        }
        free
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
