//! Mutant: a reader joins readers that are inside, whoever waits.
//! Caught by: precedence::a_reader_is_refused_while_a_writer_waits (model)
//! Diagnosis: none

mod guarded;

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
struct State {
    arrivals: u64,
    readers_inside: usize,
    writer_inside: bool,
    readers_waiting: BTreeSet<u64>,
    writers_waiting: BTreeSet<u64>,
}

impl State {
    fn arrive(&mut self) -> u64 {
        self.arrivals += 1;
        self.arrivals
    }

    fn reader_may_enter(&self, arrival: u64) -> bool {
        !self.writer_inside
            && (self.readers_inside > 0
                || self.writers_waiting.first().is_none_or(|&writer| arrival < writer))
    }

    fn writer_may_enter(&self, arrival: u64) -> bool {
        let first_of = |waiting: &BTreeSet<u64>| waiting.first().is_none_or(|&other| arrival <= other);
        !self.writer_inside
            && self.readers_inside == 0
            && first_of(&self.writers_waiting)
            && first_of(&self.readers_waiting)
    }
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    changed: Condvar,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Default::default()
    }

    /// Not part of the task.
    pub fn is_held(&self) -> bool {
        let state = self.state.lock().unwrap();
        state.writer_inside || state.readers_inside > 0
    }

    pub fn lock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        let arrival = state.arrive();
        state.readers_waiting.insert(arrival);
        while !state.reader_may_enter(arrival) {
            state = self.changed.wait(state).unwrap();
        }
        state.readers_waiting.remove(&arrival);
        state.readers_inside += 1;
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let arrival = state.arrive();
        let may = state.reader_may_enter(arrival);
        if may {
            state.readers_inside += 1;
        }
        may
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        state.readers_inside -= 1;
        drop(state);
        self.changed.notify_all();
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        let arrival = state.arrive();
        state.writers_waiting.insert(arrival);
        while !state.writer_may_enter(arrival) {
            state = self.changed.wait(state).unwrap();
        }
        state.writers_waiting.remove(&arrival);
        state.writer_inside = true;
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let arrival = state.arrive();
        let may = state.writer_may_enter(arrival);
        state.writer_inside |= may;
        may
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writer_inside = false;
        drop(state);
        self.changed.notify_all();
    }
}
