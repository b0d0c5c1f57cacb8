//! Fixture: waiters are a list of threads; all of them are unparked when something comes back.

use std::{fmt, thread};
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};
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
    state: Mutex<State<C>>,
}

struct State<C> {
    idle: Vec<C>,
    opened: usize,
    waiting: Vec<Thread>,
}

enum Found<C> {
    Idle(C),
    Place,
    Nothing,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let state = State { idle: Vec::new(), opened: 0, waiting: Vec::new() };
        Self { max_size: max_size.get(), connect: Box::new(connect), state: Mutex::new(state) }
    }

    /// Checks; when there is nothing, this thread is on the list before the lock is released.
    fn look(&self, wait: bool) -> Found<C> {
        let mut state = self.state.lock().unwrap();
        let me = thread::current();
        state.waiting.retain(|thread| thread.id() != me.id());
        if let Some(connection) = state.idle.pop() {
            Found::Idle(connection)
        } else if state.opened < self.max_size {
            state.opened += 1;
            Found::Place
        } else {
            if wait {
                state.waiting.push(me);
            }
            Found::Nothing
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        loop {
            match self.look(true) {
                Found::Nothing => thread::park(),
                found => return self.lend(found),
            }
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let start = Instant::now();
        loop {
            let left = timeout.saturating_sub(start.elapsed());
            match self.look(!left.is_zero()) {
                Found::Nothing if left.is_zero() => return Err(TimeoutError),
                Found::Nothing => thread::park_timeout(left),
                found => return Ok(self.lend(found)),
            }
        }
    }

    pub fn available(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.idle.len() + self.max_size - state.opened
    }

    fn lend(&self, found: Found<C>) -> PooledConnection<'_, C> {
        let mut guard = PooledConnection { pool: self, connection: None };
        guard.connection = Some(match found {
            Found::Idle(connection) => connection,
            Found::Place | Found::Nothing => (self.connect)(),
        });
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        let mut state = self.state.lock().unwrap();
        match connection {
            Some(connection) => state.idle.push(connection),
            None => state.opened -= 1,
        }
        // Each of them checks again; one that finds nothing puts itself on the list once more.
        state.waiting.drain(..).for_each(|thread| thread.unpark());
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
