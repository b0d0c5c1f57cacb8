//! Fixture: the semaphore counts in an atomic and takes its lock only to sleep; the pool beside it has a queue under a lock of its own.
//!
//! The count is changed with read-modify-write operations alone. A release that succeeds synchronizes with the acquire
//! that takes its permit (`Release` and `Acquire` on the count; the read-modify-writes between them continue the release
//! sequence), so what one holder wrote happens before what the next one reads.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
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
            .fetch_update(Ordering::Release, Ordering::Relaxed, |free| {
                (free < self.permits).then_some(free + 1)
            })
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
