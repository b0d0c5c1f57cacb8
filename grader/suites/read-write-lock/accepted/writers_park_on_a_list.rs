//! Fixture: writers park and are unparked, one for each time that the lock becomes empty; readers have a condition variable.
//!
//! A writer is on the list exactly while it may sleep: it puts itself there before it gives the mutex back, and takes itself
//! off as soon as it has the mutex again, whatever has woken it. So a thread that leaves unparks a writer that still wants to
//! come in. Should that be before it parks, the token makes `park` return at once.

mod guarded;

use std::sync::{Condvar, Mutex};
use std::thread::{self, Thread};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
    readers: Condvar,
}

#[derive(Debug, Default)]
struct State {
    readers_inside: usize,
    writer_inside: bool,
    writers_waiting: usize,
    parked: Vec<Thread>,
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
            if let Some(writer) = state.parked.pop() {
                writer.unpark();
            }
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        state.writers_waiting += 1;
        while state.writer_inside || state.readers_inside > 0 {
            state.parked.push(thread::current());
            drop(state);
            thread::park();
            state = self.state.lock().unwrap();
            let me = thread::current().id();
            state.parked.retain(|writer| writer.id() != me);
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
            if let Some(writer) = state.parked.pop() {
                writer.unpark();
            }
        } else {
            self.readers.notify_all();
        }
    }
}
