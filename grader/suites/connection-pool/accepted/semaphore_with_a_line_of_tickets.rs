//! Fixture: the semaphore serves first come, first served, by tickets, and the pool, which has a lock of its own, does not.
//!
//! Only the first of the line can use a permit, so every change wakes all of them: a permit that comes back, one that goes
//! (the next one may be served, too, when several are free), and a waiter that steps out of the line.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{fmt, panic};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out")
    }
}

impl std::error::Error for TimeoutError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "released too often")
    }
}

impl std::error::Error for OverRelease {}

pub struct Semaphore {
    permits: usize,
    line: Mutex<Line>,
    moved: Condvar,
}

struct Line {
    free: usize,
    next_ticket: u64,
    /// Tickets of the waiters, in the order of their arrival.
    waiting: VecDeque<u64>,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let line = Line { free: permits, next_ticket: 0, waiting: VecDeque::new() };
        Self { permits, line: Mutex::new(line), moved: Condvar::new() }
    }

    pub fn acquire(&self) {
        let mut line = self.line.lock().unwrap();
        let ticket = line.draw();
        while !line.is_turn_of(ticket) {
            line = self.moved.wait(line).unwrap();
        }
        self.go(&mut line);
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let mut line = self.line.lock().unwrap();
        let ticket = line.draw();
        let not_yet = |line: &mut Line| !line.is_turn_of(ticket);
        line = self.moved.wait_timeout_while(line, timeout, not_yet).unwrap().0;
        if line.is_turn_of(ticket) {
            self.go(&mut line);
            return Ok(());
        }
        // Steps out of the line: the one behind may be the first now.
        line.waiting.retain(|&waiting| waiting != ticket);
        self.moved.notify_all();
        Err(TimeoutError)
    }

    fn go(&self, line: &mut Line) {
        line.waiting.pop_front();
        line.free -= 1;
        self.moved.notify_all();
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut line = self.line.lock().unwrap();
        if line.free == self.permits {
            return Err(OverRelease);
        }
        line.free += 1;
        self.moved.notify_all();
        Ok(())
    }

    pub fn available(&self) -> usize {
        let line = self.line.lock().unwrap();
        line.free.saturating_sub(line.waiting.len())
    }
}

impl Line {
    fn draw(&mut self) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiting.push_back(ticket);
        ticket
    }

    fn is_turn_of(&self, ticket: u64) -> bool {
        self.free > 0 && self.waiting.front() == Some(&ticket)
    }
}

pub struct ConnectionPool<C> {
    max_size: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    idle: VecDeque<C>,
    opened: usize,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            max_size: max_size.get(),
            connect: Box::new(connect),
            state: Mutex::new(State { idle: VecDeque::new(), opened: 0 }),
            freed: Condvar::new(),
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(connection) = state.idle.pop_front() {
                return self.lend(connection);
            }
            if state.opened < self.max_size {
                return self.open(state);
            }
            state = self.freed.wait(state).unwrap();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(connection) = state.idle.pop_front() {
                return Ok(self.lend(connection));
            }
            if state.opened < self.max_size {
                return Ok(self.open(state));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            state = self.freed.wait_timeout(state, left).unwrap().0;
        }
    }

    pub fn available(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.idle.len() + self.max_size - state.opened
    }

    fn lend(&self, connection: C) -> PooledConnection<'_, C> {
        PooledConnection { pool: self, connection: Some(connection) }
    }

    fn open(&self, mut state: MutexGuard<'_, State<C>>) -> PooledConnection<'_, C> {
        state.opened += 1;
        drop(state);
        match panic::catch_unwind(AssertUnwindSafe(|| (self.connect)())) {
            Ok(connection) => self.lend(connection),
            Err(payload) => {
                self.state.lock().unwrap().opened -= 1;
                self.freed.notify_one();
                panic::resume_unwind(payload)
            }
        }
    }

    fn give_back(&self, connection: C) {
        self.state.lock().unwrap().idle.push_back(connection);
        self.freed.notify_one();
    }
}

pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    connection: Option<C>,
}

impl<C> PooledConnection<'_, C> {
    pub fn release(self) {
        drop(self);
    }
}

impl<C> Deref for PooledConnection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().unwrap()
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().unwrap()
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection);
        }
    }
}
