//! Fixture: idle connections are messages in a channel; the waiting is done in front of it, at a semaphore.
//!
//! Never at the receiver: `recv` would block with the receiver's lock held, and a timed acquire would wait for that lock
//! beyond its timeout. A connection is sent before its permit is released, so a holder of a permit that finds the channel
//! empty may open one without exceeding the limit.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, mpsc};
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
    connect: Box<dyn Fn() -> C + Send + Sync>,
    taken: Mutex<mpsc::Receiver<C>>,
    given: mpsc::Sender<C>,
    places: Semaphore,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let (given, taken) = mpsc::channel();
        Self {
            connect: Box::new(connect),
            taken: Mutex::new(taken),
            given,
            places: Semaphore::new(max_size.get()),
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        self.places.acquire();
        let found = self.taken.lock().unwrap().try_recv().ok();
        self.lend(found)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        self.places.acquire_timeout(timeout)?;
        let found = self.taken.lock().unwrap().try_recv().ok();
        Ok(self.lend(found))
    }

    pub fn available(&self) -> usize {
        self.places.available()
    }

    fn lend(&self, found: Option<C>) -> PooledConnection<'_, C> {
        let mut guard = PooledConnection { pool: self, connection: found };
        if guard.connection.is_none() {
            guard.connection = Some((self.connect)());
        }
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        if let Some(connection) = connection {
            self.given.send(connection).unwrap();
        }
        self.places.release().unwrap();
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
