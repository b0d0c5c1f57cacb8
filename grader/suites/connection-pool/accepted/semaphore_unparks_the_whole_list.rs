//! Fixture: waiters of the semaphore put themselves on a list and park, and a release unparks the whole list; the pool has a condition variable.
//!
//! A waiter is on the list before it releases the lock, so a release that does not find it there came before its check.
//! Should `unpark` come before `park`, the token makes `park` return at once. Being unparked promises nothing: the waiter
//! checks the count again, and puts itself on the list again.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::Thread;
use std::time::{Duration, Instant};
use std::{fmt, panic, thread};

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
