//! Mutant: `acquire` returns a connection that does not borrow from the pool.
//! Caught by: a_connection_cannot_outlive_its_pool (contract)
//! Diagnosis: none

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
    inner: Arc<Inner<C>>,
}

struct Inner<C> {
    max_size: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    opened: usize,
}

impl<C> State<C> {
    fn is_exhausted(&mut self, max_size: usize) -> bool {
        self.idle.is_empty() && self.opened == max_size
    }
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let inner = Inner {
            max_size: max_size.get(),
            connect: Box::new(connect),
            state: Mutex::new(State { idle: Vec::new(), opened: 0 }),
            freed: Condvar::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn acquire(&self) -> PooledConnection<'static, C> {
        let Inner { max_size, state, freed, .. } = &*self.inner;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = freed.wait_while(state, |state| state.is_exhausted(*max_size));
        self.take(state.unwrap_or_else(PoisonError::into_inner))
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let Inner { max_size, state, freed, .. } = &*self.inner;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, result) = freed
            .wait_timeout_while(state, timeout, |state| state.is_exhausted(*max_size))
            .unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() { Err(TimeoutError) } else { Ok(self.take(state)) }
    }

    pub fn available(&self) -> usize {
        let state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.idle.len() + self.inner.max_size - state.opened
    }

    fn take<'any>(&self, mut state: MutexGuard<'_, State<C>>) -> PooledConnection<'any, C> {
        let idle = state.idle.pop();
        if idle.is_none() {
            state.opened += 1;
        }
        drop(state);
        let mut guard =
            PooledConnection { inner: Arc::clone(&self.inner), connection: idle, pool: PhantomData };
        if guard.connection.is_none() {
            guard.connection = Some((self.inner.connect)());
        }
        guard
    }
}

pub struct PooledConnection<'pool, C> {
    inner: Arc<Inner<C>>,
    pool: PhantomData<&'pool ConnectionPool<C>>,
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
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) => state.idle.push(connection),
            None => state.opened -= 1,
        }
        self.inner.freed.notify_all();
    }
}
