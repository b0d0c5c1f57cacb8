//! Fixture: a line in which each thread has a condition variable of its own; `new` is `const`; what is inside is an enum.

mod guarded;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug)]
enum Inside {
    Nobody,
    Readers(usize),
    Writer,
}

impl Inside {
    fn enter(&mut self, as_writer: bool) -> bool {
        match (&mut *self, as_writer) {
            (Inside::Nobody, true) => *self = Inside::Writer,
            (Inside::Nobody, false) => *self = Inside::Readers(1),
            (Inside::Readers(number), false) => *number += 1,
            (Inside::Readers(_), true) | (Inside::Writer, _) => return false,
        }
        true
    }
}

#[derive(Debug)]
struct Waiter {
    as_writer: bool,
    admitted: Mutex<bool>,
    bell: Condvar,
}

#[derive(Debug)]
struct State {
    inside: Inside,
    line: VecDeque<Arc<Waiter>>,
}

impl State {
    fn try_enter(&mut self, as_writer: bool) -> bool {
        self.line.is_empty() && self.inside.enter(as_writer)
    }

    fn admit(&mut self) {
        while let Some(first) = self.line.front() {
            if !self.inside.enter(first.as_writer) {
                return;
            }
            *first.admitted.lock().unwrap() = true;
            first.bell.notify_one();
            self.line.pop_front();
        }
    }
}

#[derive(Debug)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
}

impl Default for RawReadWriteLock {
    fn default() -> Self {
        Self::new()
    }
}

impl RawReadWriteLock {
    pub const fn new() -> Self {
        Self { state: Mutex::new(State { inside: Inside::Nobody, line: VecDeque::new() }) }
    }

    fn enter(&self, as_writer: bool) {
        let mut state = self.state.lock().unwrap();
        if state.try_enter(as_writer) {
            return;
        }
        let waiter = Arc::new(Waiter { as_writer, admitted: Mutex::new(false), bell: Condvar::new() });
        state.line.push_back(Arc::clone(&waiter));
        drop(state);
        let admitted = waiter.admitted.lock().unwrap();
        drop(waiter.bell.wait_while(admitted, |admitted| !*admitted).unwrap());
    }

    pub fn lock_shared(&self) {
        self.enter(false);
    }

    pub fn try_lock_shared(&self) -> bool {
        self.state.lock().unwrap().try_enter(false)
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state.lock().unwrap();
        match &mut state.inside {
            Inside::Readers(number) if *number > 1 => *number -= 1,
            _ => state.inside = Inside::Nobody,
        }
        state.admit();
    }

    pub fn lock_exclusive(&self) {
        self.enter(true);
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.state.lock().unwrap().try_enter(true)
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.inside = Inside::Nobody;
        state.admit();
    }
}
