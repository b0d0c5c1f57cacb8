//! Fixture: the lock is handed to the first writer of a line, whose flag says that it is inside; it parks until then.
//!
//! Each wait has a flag of its own, so an admission is good for one entry. A thread that leaves makes the writer the one
//! inside before it sets the flag: no other thread comes in between. The flag is stored with `Release` and loaded with
//! `Acquire`, so what was done inside before happens before what this writer does.

mod guarded;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
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
    line: VecDeque<(Thread, Arc<AtomicBool>)>,
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
            if let Some((writer, admitted)) = state.line.pop_front() {
                state.writers_waiting -= 1;
                state.writer_inside = true;
                admitted.store(true, Ordering::Release);
                writer.unpark();
            }
        }
    }

    pub fn lock_exclusive(&self) {
        let mut state = self.state.lock().unwrap();
        if !state.writer_inside && state.readers_inside == 0 && state.line.is_empty() {
            state.writer_inside = true;
            return;
        }
        state.writers_waiting += 1;
        let admitted = Arc::new(AtomicBool::new(false));
        state.line.push_back((thread::current(), Arc::clone(&admitted)));
        drop(state);
        while !admitted.load(Ordering::Acquire) {
            thread::park();
        }
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
        if let Some((writer, admitted)) = state.line.pop_front() {
            state.writers_waiting -= 1;
            state.writer_inside = true;
            admitted.store(true, Ordering::Release);
            writer.unpark();
        } else {
            self.readers.notify_all();
        }
    }
}
