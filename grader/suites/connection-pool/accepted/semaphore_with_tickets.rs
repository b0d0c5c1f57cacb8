//! Fixture: first come, first served: tickets in a line; `available` leaves out what is promised; the pool stands on it.

use std::fmt;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

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
    places: Semaphore,
    idle: Mutex<Vec<C>>,
    connect: Box<dyn Fn() -> C + Send + Sync>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self { places: Semaphore::new(max_size.get()), idle: Mutex::new(Vec::new()), connect: Box::new(connect) }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        self.places.acquire();
        self.with_place()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        self.places.acquire_timeout(timeout)?;
        Ok(self.with_place())
    }

    pub fn available(&self) -> usize {
        self.places.available()
    }

    fn with_place(&self) -> PooledConnection<'_, C> {
        // The guard comes first: should `connect` panic, it gives the place back and no connection.
        let mut guard = PooledConnection { pool: self, connection: None };
        let idle = self.idle.lock().unwrap().pop();
        guard.connection = Some(idle.unwrap_or_else(|| (self.connect)()));
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        if let Some(connection) = connection {
            self.idle.lock().unwrap().push(connection);
        }
        self.places.release().expect("a place for each holder");
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
        self.pool.give_back(self.connection.take());
    }
}
