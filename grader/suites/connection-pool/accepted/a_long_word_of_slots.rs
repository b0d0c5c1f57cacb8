//! Fixture: a bit for each slot, in as many words as it takes.
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
    state: Mutex<Slots<C>>,
    freed: Condvar,
}

struct Slots<C> {
    /// One bit for each slot that is lent, or being opened.
    lent: Vec<bool>,
    slots: Vec<Option<C>>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let max_size = max_size.get();
        Self {
            max_size,
            connect: Box::new(connect),
            state: Mutex::new(Slots { lent: vec![false; max_size], slots: (0..max_size).map(|_| None).collect() }),
            freed: Condvar::new(),
        }
    }

    /// An open one rather than an empty one.
    fn pick(&self, state: &mut Slots<C>) -> Option<usize> {
        let free = |slot: &usize| !state.lent[*slot];
        let open = (0..state.slots.len()).filter(free).find(|slot| state.slots[*slot].is_some());
        let slot = open.or_else(|| (0..state.slots.len()).find(free))?;
        state.lent[slot] = true;
        Some(slot)
    }

    fn lend(&self, mut state: std::sync::MutexGuard<'_, Slots<C>>, slot: usize) -> PooledConnection<'_, C> {
        let idle = state.slots[slot].take();
        drop(state);
        let mut guard = PooledConnection { pool: self, slot, connection: idle };
        if guard.connection.is_none() {
            guard.connection = Some((self.connect)());
        }
        guard
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(slot) = self.pick(&mut state) {
                return self.lend(state, slot);
            }
            state = self.freed.wait(state).unwrap();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(slot) = self.pick(&mut state) {
                return Ok(self.lend(state, slot));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            state = self.freed.wait_timeout(state, left).unwrap().0;
        }
    }

    pub fn available(&self) -> usize {
        self.max_size - self.state.lock().unwrap().lent.iter().filter(|lent| **lent).count()
    }
}

pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    slot: usize,
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
        let mut state = self.pool.state.lock().unwrap();
        state.slots[self.slot] = self.connection.take();
        state.lent[self.slot] = false;
        self.pool.freed.notify_one();
    }
}
