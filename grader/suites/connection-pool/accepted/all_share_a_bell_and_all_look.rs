//! Fixture: the condition variable is a static, and all are woken.
use std::fmt;

use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};
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

static RELEASED: Condvar = Condvar::new();

pub struct Semaphore {
    permits: usize,
    free: Mutex<usize>,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { permits, free: Mutex::new(permits) }
    }

    pub fn acquire(&self) {
        let mut free = self.free.lock().unwrap();
        while *free == 0 {
            free = RELEASED.wait(free).unwrap();
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
            free = RELEASED.wait_timeout(free, left).unwrap().0;
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
        RELEASED.notify_all();
        Ok(())
    }

    pub fn available(&self) -> usize {
        *self.free.lock().unwrap()
    }
}

pub struct ConnectionPool<C> {
    places: Semaphore,
    idle: Mutex<Vec<C>>,
    connect: Box<dyn Fn() -> C + Send + Sync>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            places: Semaphore::new(max_size.get()),
            idle: Mutex::new(Vec::new()),
            connect: Box::new(connect),
        }
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
