//! Fixture: the number of open connections is an atomic beside the lock, and a place is claimed with one read-modify-write.
//!
//! The claim is made, and a place freed, under the lock of the idle connections nevertheless: a waiter that finds neither
//! holds that lock until it sleeps, so no place comes free unnoticed in between, and `available` adds up one moment.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
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
    free: Mutex<usize>,
    released: Condvar,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { permits, free: Mutex::new(permits), released: Condvar::new() }
    }

    pub fn acquire(&self) {
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            free = self.released.wait(free).unwrap();
        }
        *free -= 1;
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            free = self.released.wait_timeout(free, left).unwrap().0;
        }
        *free -= 1;
        Ok(())
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut free = self.free.lock().unwrap();
        if *free >= self.permits {
            return Err(OverRelease);
        }
        *free += 1;
        self.released.notify_one();
        Ok(())
    }

    pub fn available(&self) -> usize {
        *self.free.lock().unwrap()
    }
}

pub struct ConnectionPool<C> {
    max_size: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    state: Mutex<State<C>>,
    freed: Condvar,
    opened: AtomicUsize,
}

struct State<C> {
    idle: VecDeque<C>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            max_size: max_size.get(),
            connect: Box::new(connect),
            state: Mutex::new(State { idle: VecDeque::new() }),
            freed: Condvar::new(),
            opened: AtomicUsize::new(0),
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(connection) = state.idle.pop_front() {
                return self.lend(connection);
            }
            if self.claim() {
                drop(state);
                return self.open();
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
            if self.claim() {
                drop(state);
                return Ok(self.open());
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
        state.idle.len() + self.max_size - self.opened.load(Ordering::SeqCst)
    }

    fn lend(&self, connection: C) -> PooledConnection<'_, C> {
        PooledConnection { pool: self, connection: Some(connection) }
    }

    /// Takes a place, if one is free, in one step.
    fn claim(&self) -> bool {
        let more = |opened| (opened < self.max_size).then_some(opened + 1);
        self.opened.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok()
    }

    fn open(&self) -> PooledConnection<'_, C> {
        match panic::catch_unwind(AssertUnwindSafe(|| (self.connect)())) {
            Ok(connection) => self.lend(connection),
            Err(payload) => {
                let state = self.state.lock().unwrap();
                self.opened.fetch_sub(1, Ordering::SeqCst);
                drop(state);
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
