//! Fixture: one function acquires with and without a timeout; a deadline beyond what `Instant` can hold means to wait without one.
//!
//! `Place` frees the place when `connect` unwinds, and is forgotten when it returns. Every change is made and notified under
//! the lock, one notification for each connection or place that comes free.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Nothing became free in time. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing became free in time")
    }
}

impl Error for TimeoutError {}

/// More was released than had been acquired. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("released more permits than were acquired")
    }
}

impl Error for OverRelease {}

/// Lets at most `permits` holders in at a time.
pub struct Semaphore {
    free: Mutex<usize>,
    changed: Condvar,
    permits: usize,
}

impl Semaphore {
    /// All of `permits` are free at first.
    pub fn new(permits: usize) -> Self {
        Self { free: Mutex::new(permits), changed: Condvar::new(), permits }
    }

    /// Takes a permit; blocks until one is free.
    pub fn acquire(&self) {
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            free = self.changed.wait(free).unwrap();
        }
        *free -= 1;
    }

    /// Takes a permit; gives up when none became free within `timeout`.
    ///
    /// # Errors
    ///
    /// Timeout.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now().checked_add(timeout);
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            free = match deadline {
                None => self.changed.wait(free).unwrap(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(TimeoutError);
                    }
                    self.changed.wait_timeout(free, left).unwrap().0
                }
            };
        }
        *free -= 1;
        Ok(())
    }

    /// Gives a permit back, and wakes a waiter.
    ///
    /// # Errors
    ///
    /// When all permits are free already.
    pub fn release(&self) -> Result<(), OverRelease> {
        let mut free = self.free.lock().unwrap();
        if *free == self.permits {
            return Err(OverRelease);
        }
        *free += 1;
        self.changed.notify_one();
        Ok(())
    }

    /// How many permits are free now.
    pub fn available(&self) -> usize {
        *self.free.lock().unwrap()
    }
}

struct State<C> {
    idle: Vec<C>,
    /// Places taken: idle, lent or being opened.
    open: usize,
}

/// Opens at most `max_size` connections, each when it is first needed, and lends them out.
pub struct ConnectionPool<C> {
    state: Mutex<State<C>>,
    changed: Condvar,
    max_size: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
}

struct Place<'a, C> {
    pool: &'a ConnectionPool<C>,
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        self.pool.lock().open -= 1;
        self.pool.changed.notify_one();
    }
}

impl<C> ConnectionPool<C> {
    /// An empty pool.
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            state: Mutex::new(State { idle: Vec::new(), open: 0 }),
            changed: Condvar::new(),
            max_size: max_size.get(),
            connect: Box::new(connect),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, deadline: Option<Instant>) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let mut state = self.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(PooledConnection { pool: self, connection: Some(connection) });
            }
            if state.open < self.max_size {
                state.open += 1;
                drop(state);
                let place = Place { pool: self };
                let connection = (self.connect)();
                std::mem::forget(place);
                return Ok(PooledConnection { pool: self, connection: Some(connection) });
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(TimeoutError);
                    }
                    self.changed.wait_timeout(state, left).unwrap().0
                }
            };
        }
    }

    /// Borrows a connection.
    ///
    /// # Panics
    ///
    /// When `connect` panics.
    pub fn acquire(&self) -> PooledConnection<'_, C> {
        self.get(None).expect("no deadline")
    }

    /// Borrows a connection like `acquire`, or gives up.
    ///
    /// # Errors
    ///
    /// Timeout.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        self.get(Instant::now().checked_add(timeout))
    }

    /// How many connections can be acquired now without waiting.
    pub fn available(&self) -> usize {
        let state = self.lock();
        state.idle.len() + self.max_size - state.open
    }

    fn give_back(&self, connection: C) {
        let mut state = self.lock();
        state.idle.push(connection);
        self.changed.notify_one();
    }
}

/// A borrowed connection.
pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    connection: Option<C>,
}

impl<C> PooledConnection<'_, C> {
    /// Gives the connection back now.
    pub fn release(self) {
        drop(self);
    }
}

impl<C> Deref for PooledConnection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("lent")
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("lent")
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection);
        }
    }
}
