//! Fixture: the semaphore counts in an atomic and takes its lock only to sleep; the pool is a semaphore and a list.
//!
//! `free` is incremented with `Release` and decremented with `Acquire`, in read-modify-write operations alone, so what a
//! holder did happens before what the next holder of its permit does. The lock only excludes a notification between a
//! check and its wait.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};
use std::sync::atomic::{AtomicUsize, Ordering};
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
    free: AtomicUsize,
    lock: Mutex<()>,
    released: Condvar,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { permits, free: AtomicUsize::new(permits), lock: Mutex::new(()), released: Condvar::new() }
    }

    fn try_acquire(&self) -> bool {
        self.free.fetch_update(Ordering::Acquire, Ordering::Relaxed, |free| free.checked_sub(1)).is_ok()
    }

    pub fn acquire(&self) {
        if self.try_acquire() {
            return;
        }
        let mut guard = self.lock.lock().unwrap();
        while !self.try_acquire() {
            guard = self.released.wait(guard).unwrap();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        if self.try_acquire() {
            return Ok(());
        }
        let deadline = Instant::now() + timeout;
        let mut guard = self.lock.lock().unwrap();
        while !self.try_acquire() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            guard = self.released.wait_timeout(guard, left).unwrap().0;
        }
        Ok(())
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        self.free
            .fetch_update(Ordering::Release, Ordering::Relaxed, |free| (free < self.permits).then_some(free + 1))
            .map_err(|_| OverRelease)?;
        // A thread that has just failed to acquire holds the lock until it waits: pass through it, then notify.
        drop(self.lock.lock().unwrap());
        self.released.notify_one();
        Ok(())
    }

    pub fn available(&self) -> usize {
        self.free.load(Ordering::Acquire)
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
