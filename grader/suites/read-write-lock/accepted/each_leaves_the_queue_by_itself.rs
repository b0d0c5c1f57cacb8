//! Fixture: a queue of parked threads in the order of arrival; each takes itself off when it comes in, and a try of a reader is refused until then.

mod guarded;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

pub use guarded::{ReadGuard, ReadWriteLock, WriteGuard};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reader,
    Writer,
}

#[derive(Debug)]
struct Sleeper {
    ticket: u64,
    kind: Kind,
    thread: Thread,
}

#[derive(Debug, Default)]
struct Desk {
    readers: usize,
    writer: bool,
    next_ticket: u64,
    /// In the order of arrival. Each takes itself off when it comes in.
    line: VecDeque<Sleeper>,
}

impl Desk {
    fn writer_before(&self, ticket: u64) -> bool {
        self.line.iter().any(|other| other.kind == Kind::Writer && other.ticket < ticket)
    }

    fn admits(&self, kind: Kind, ticket: u64) -> bool {
        match kind {
            Kind::Reader => !self.writer && !self.writer_before(ticket),
            Kind::Writer => !self.writer && self.readers == 0,
        }
    }

    fn enter(&mut self, kind: Kind) {
        match kind {
            Kind::Reader => self.readers += 1,
            Kind::Writer => self.writer = true,
        }
    }

    /// Wakes all that could come in now.
    fn wake(&self) {
        for sleeper in &self.line {
            if self.admits(sleeper.kind, sleeper.ticket) {
                sleeper.thread.unpark();
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct RawReadWriteLock {
    desk: Mutex<Desk>,
}

impl RawReadWriteLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn come_in(&self, kind: Kind) {
        let mut desk = self.desk();
        let ticket = desk.next_ticket;
        desk.next_ticket += 1;
        if desk.admits(kind, ticket) {
            desk.enter(kind);
            return;
        }
        desk.line.push_back(Sleeper { ticket, kind, thread: thread::current() });
        loop {
            drop(desk);
            thread::park();
            desk = self.desk();
            if desk.admits(kind, ticket) {
                break;
            }
        }
        desk.line.retain(|other| other.ticket != ticket);
        desk.enter(kind);
        desk.wake();
    }

    pub fn lock_shared(&self) {
        self.come_in(Kind::Reader);
    }

    pub fn try_lock_shared(&self) -> bool {
        let mut desk = self.desk();
        let admitted = !desk.writer && desk.line.is_empty();
        if admitted {
            desk.enter(Kind::Reader);
        }
        admitted
    }

    pub fn unlock_shared(&self) {
        let mut desk = self.desk();
        desk.readers -= 1;
        desk.wake();
    }

    pub fn lock_exclusive(&self) {
        self.come_in(Kind::Writer);
    }

    pub fn try_lock_exclusive(&self) -> bool {
        let mut desk = self.desk();
        let admitted = desk.admits(Kind::Writer, u64::MAX);
        if admitted {
            desk.enter(Kind::Writer);
        }
        admitted
    }

    pub fn unlock_exclusive(&self) {
        let mut desk = self.desk();
        desk.writer = false;
        desk.wake();
    }
}
