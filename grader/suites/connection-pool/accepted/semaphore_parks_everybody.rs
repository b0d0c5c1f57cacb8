//! Fixture: waiters park and every release unparks them all; tokens may be left over.

use std::{fmt, thread};
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, RwLock};
use std::thread::Thread;
use std::time::{Duration, Instant};

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
    state: Mutex<Waiters>,
}

struct Waiters {
    free: usize,
    waiting: Vec<Thread>,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { permits, state: Mutex::new(Waiters { free: permits, waiting: Vec::new() }) }
    }

    pub fn acquire(&self) {
        loop {
            {
                let mut state = self.state.lock().unwrap();
                if state.free > 0 {
                    state.free -= 1;
                    return;
                }
                state.waiting.push(thread::current());
            }
            thread::park();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let start = Instant::now();
        loop {
            {
                let mut state = self.state.lock().unwrap();
                if state.free > 0 {
                    state.free -= 1;
                    return Ok(());
                }
                if start.elapsed() >= timeout {
                    return Err(TimeoutError);
                }
                state.waiting.push(thread::current());
            }
            thread::park_timeout(timeout.saturating_sub(start.elapsed()));
        }
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut state = self.state.lock().unwrap();
        if state.free == self.permits {
            return Err(OverRelease);
        }
        state.free += 1;
        // All of them, even those that are gone by now: a waiter that finds no permit parks once more.
        for thread in state.waiting.drain(..) {
            thread.unpark();
        }
        Ok(())
    }

    pub fn available(&self) -> usize {
        self.state.lock().unwrap().free
    }
}

pub struct ConnectionPool<C> {
    places: Semaphore,
    idle: RwLock<Vec<C>>,
    connect: Box<dyn Fn() -> C + Send + Sync>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self { places: Semaphore::new(max_size.get()), idle: RwLock::new(Vec::new()), connect: Box::new(connect) }
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
        let idle = self.idle.write().unwrap().pop();
        guard.connection = Some(idle.unwrap_or_else(|| (self.connect)()));
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        if let Some(connection) = connection {
            self.idle.write().unwrap().push(connection);
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
