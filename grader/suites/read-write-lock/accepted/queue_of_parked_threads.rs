//! Fixture: a queue of parked threads; a thread that leaves lets others in and then unparks them (the lock is handed over).
//!
//! `admitted` is stored with `Release` and loaded with `Acquire`, so what was done inside happens before what an admitted
//! thread does. Should `unpark` come before `park`, the token makes `park` return at once.

mod guarded;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Reader,
    Writer,
}

#[derive(Debug)]
struct Waiter {
    kind: Kind,
    thread: Thread,
    admitted: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    readers: usize,
    writer: bool,
    queue: VecDeque<Arc<Waiter>>,
}

impl State {
    fn admits(&self, kind: Kind) -> bool {
        match kind {
            Kind::Reader => !self.writer,
            Kind::Writer => !self.writer && self.readers == 0,
        }
    }

    fn enter(&mut self, kind: Kind) {
        match kind {
            Kind::Reader => self.readers += 1,
            Kind::Writer => self.writer = true,
        }
    }

    /// Lets in as many as it can, from the front.
    fn hand_over(&mut self) {
        while let Some(first) = self.queue.front() {
            let kind = first.kind;
            if !self.admits(kind) {
                break;
            }
            self.enter(kind);
            if let Some(first) = self.queue.pop_front() {
                first.admitted.store(true, Ordering::Release);
                first.thread.unpark();
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    state: Mutex<State>,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock_shared(&self) {
        self.come_in(Kind::Reader);
    }

    pub fn try_lock_shared(&self) -> bool {
        self.try_come_in(Kind::Reader)
    }

    pub fn unlock_shared(&self) {
        let mut state = self.state();
        state.readers -= 1;
        state.hand_over();
    }

    pub fn lock_exclusive(&self) {
        self.come_in(Kind::Writer);
    }

    pub fn try_lock_exclusive(&self) -> bool {
        self.try_come_in(Kind::Writer)
    }

    pub fn unlock_exclusive(&self) {
        let mut state = self.state();
        state.writer = false;
        state.hand_over();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_come_in(&self, kind: Kind) -> bool {
        let mut state = self.state();
        let admitted = state.queue.is_empty() && state.admits(kind);
        if admitted {
            state.enter(kind);
        }
        admitted
    }

    fn come_in(&self, kind: Kind) {
        let waiter = {
            let mut state = self.state();
            if state.queue.is_empty() && state.admits(kind) {
                state.enter(kind);
                return;
            }
            let waiter =
                Arc::new(Waiter { kind, thread: thread::current(), admitted: AtomicBool::new(false) });
            state.queue.push_back(Arc::clone(&waiter));
            waiter
        };
        // `park` may return spuriously.
        while !waiter.admitted.load(Ordering::Acquire) {
            thread::park();
        }
    }
}
