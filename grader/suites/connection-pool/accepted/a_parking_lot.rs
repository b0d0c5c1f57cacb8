//! Fixture: a global parking lot, in rows by number; whoever is served wakes the next.
use std::fmt;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
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
    number: usize,
}

static SEMAPHORES: AtomicUsize = AtomicUsize::new(0);

/// All threads that wait, and the number of what they wait for.
static LOT: [Mutex<VecDeque<(usize, Thread)>>; 4] = [const { Mutex::new(VecDeque::new()) }; 4];

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let number = SEMAPHORES.fetch_add(1, Ordering::Relaxed);
        Self { permits, free: Mutex::new(permits), number }
    }

    fn address(&self) -> usize {
        self.number
    }

    fn row(&self) -> &'static Mutex<VecDeque<(usize, Thread)>> {
        &LOT[self.number % 4]
    }

    fn take(&self) -> bool {
        let mut free = self.free.lock().unwrap();
        let some = *free > 0;
        *free -= usize::from(some);
        some
    }

    fn leave(&self) {
        let me = thread::current().id();
        self.row().lock().unwrap().retain(|(_, one)| one.id() != me);
    }

    pub fn acquire(&self) {
        while !self.take() {
            self.row().lock().unwrap().push_back((self.address(), thread::current()));
            let served = self.take();
            if !served {
                thread::park();
            }
            self.leave();
            if served {
                break;
            }
        }
        self.wake();
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        while !self.take() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            self.row().lock().unwrap().push_back((self.address(), thread::current()));
            let served = self.take();
            if !served {
                thread::park_timeout(left);
            }
            self.leave();
            if served {
                break;
            }
        }
        self.wake();
        Ok(())
    }

    /// Unparks the first one that waits, if there is a permit.
    fn wake(&self) {
        if *self.free.lock().unwrap() > 0 {
            let row = self.row().lock().unwrap();
            if let Some((_, first)) = row.iter().find(|(address, _)| *address == self.address()) {
                first.unpark();
            }
        }
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut free = self.free.lock().unwrap();
        if *free == self.permits {
            return Err(OverRelease);
        }
        *free += 1;
        drop(free);
        self.wake();
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
