//! Fixture: each waiter has a channel of its own; what comes back is handed to the one that waits longest.

use std::fmt;
use std::collections::VecDeque;
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
    max_size: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    state: Mutex<State<C>>,
}

struct State<C> {
    idle: Vec<C>,
    opened: usize,
    next: u64,
    waiting: VecDeque<(u64, mpsc::Sender<Option<C>>)>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let state = State { idle: Vec::new(), opened: 0, next: 0, waiting: VecDeque::new() };
        Self { max_size: max_size.get(), connect: Box::new(connect), state: Mutex::new(state) }
    }

    fn join_the_line(state: &mut State<C>) -> (u64, mpsc::Receiver<Option<C>>) {
        let (sender, receiver) = mpsc::channel();
        let number = state.next;
        state.next += 1;
        state.waiting.push_back((number, sender));
        (number, receiver)
    }

    /// An idle connection, or `None` for a place to open one.
    fn find(&self, state: &mut State<C>) -> Option<Option<C>> {
        if let Some(connection) = state.idle.pop() {
            return Some(Some(connection));
        }
        (state.opened < self.max_size).then(|| {
            state.opened += 1;
            None
        })
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = self.state.lock().unwrap();
        if let Some(found) = self.find(&mut state) {
            drop(state);
            return self.lend(found);
        }
        let (_, receiver) = Self::join_the_line(&mut state);
        drop(state);
        self.lend(receiver.recv().unwrap())
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let mut state = self.state.lock().unwrap();
        if let Some(found) = self.find(&mut state) {
            drop(state);
            return Ok(self.lend(found));
        }
        if timeout.is_zero() {
            return Err(TimeoutError);
        }
        let (number, receiver) = Self::join_the_line(&mut state);
        drop(state);
        if let Ok(found) = receiver.recv_timeout(timeout) {
            return Ok(self.lend(found));
        }
        let mut state = self.state.lock().unwrap();
        state.waiting.retain(|waiting| waiting.0 != number);
        drop(state);
        // Another thread may have handed one over just before this thread left the line.
        receiver.try_recv().map(|found| self.lend(found)).map_err(|_| TimeoutError)
    }

    pub fn available(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.idle.len() + self.max_size - state.opened
    }

    fn lend(&self, found: Option<C>) -> PooledConnection<'_, C> {
        let mut guard = PooledConnection { pool: self, connection: found };
        if guard.connection.is_none() {
            guard.connection = Some((self.connect)());
        }
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        let mut state = self.state.lock().unwrap();
        match (state.waiting.pop_front(), connection) {
            (Some((_, waiter)), connection) => drop(waiter.send(connection)),
            (None, Some(connection)) => state.idle.push(connection),
            (None, None) => state.opened -= 1,
        }
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
