//! Mutant: the list and the count have a lock each, and `available` takes them in the other order.
//! Caught by: pool_waiting::the_number_free_is_always_possible (model)
//! Diagnosis: lock_order

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
    idle: Mutex<Vec<C>>,
    opened: Mutex<usize>,
    freed: Condvar,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            max_size: max_size.get(),
            connect: Box::new(connect),
            idle: Mutex::new(Vec::new()),
            opened: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    /// An idle connection or a place for a new one: `Some(None)` is a place.
    fn find(&self, idle: &mut Vec<C>) -> Option<Option<C>> {
        if let Some(connection) = idle.pop() {
            return Some(Some(connection));
        }
        let mut opened = self.opened.lock().unwrap();
        if *opened == self.max_size {
            return None;
        }
        *opened += 1;
        Some(None)
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut idle = self.idle.lock().unwrap();
        loop {
            if let Some(found) = self.find(&mut idle) {
                drop(idle);
                return self.lend(found);
            }
            idle = self.freed.wait(idle).unwrap();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let start = Instant::now();
        let mut idle = self.idle.lock().unwrap();
        loop {
            if let Some(found) = self.find(&mut idle) {
                drop(idle);
                return Ok(self.lend(found));
            }
            let left =
                timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()).ok_or(TimeoutError)?;
            (idle, _) = self.freed.wait_timeout(idle, left).unwrap();
        }
    }

    pub fn available(&self) -> usize {
        let opened = self.opened.lock().unwrap();
        let idle = self.idle.lock().unwrap();
        idle.len() + (self.max_size - *opened)
    }

    fn lend(&self, found: Option<C>) -> PooledConnection<'_, C> {
        let mut guard = PooledConnection { pool: self, connection: found };
        if guard.connection.is_none() {
            guard.connection = Some((self.connect)());
        }
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        let mut idle = self.idle.lock().unwrap();
        match connection {
            Some(connection) => idle.push(connection),
            None => *self.opened.lock().unwrap() -= 1,
        }
        drop(idle);
        self.freed.notify_all();
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
