//! Fixture: readers wait for a change; each writer has a number, is made the one inside, and then notified.

mod guarded;

use std::collections::VecDeque;
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
    called: Option<u64>,
    numbers: u64,
    line: VecDeque<u64>,
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
            self.call_the_next(&mut state);
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        if !state.writer_inside && state.readers_inside == 0 && state.writers_waiting == 0 {
            state.writer_inside = true;
            return;
        }
        let mine = state.numbers;
        state.numbers += 1;
        state.line.push_back(mine);
        state.writers_waiting += 1;
        state = self.writers.wait_while(state, |state| state.called != Some(mine)).unwrap();
        state.called = None;
        state.writers_waiting -= 1;
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
        if !self.call_the_next(&mut state) {
            self.readers.notify_all();
        }
    }

    fn call_the_next(&self, state: &mut State) -> bool {
        let Some(number) = state.line.pop_front() else { return false };
        state.called = Some(number);
        state.writer_inside = true;
        self.writers.notify_all();
        true
    }
}
