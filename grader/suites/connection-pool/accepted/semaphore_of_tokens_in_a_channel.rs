//! Fixture: permits are tokens in a channel that holds no more than there are; a condition variable at its receiver is what waiters sleep on.
//!
//! Not `recv`: it would block with the receiver's lock held, and a timed waiter could not even check. A token is sent
//! under the receiver's lock, so none arrives unnoticed between a failed `try_recv` and the sleep. A channel cannot say
//! how much lies in it; the count beside it can, and changes under the same lock.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, mpsc};
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
    take: Mutex<mpsc::Receiver<()>>,
    released: Condvar,
    give: mpsc::SyncSender<()>,
    free: AtomicUsize,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let (give, take) = mpsc::sync_channel(permits);
        for _ in 0..permits {
            give.send(()).unwrap();
        }
        Self { take: Mutex::new(take), released: Condvar::new(), give, free: AtomicUsize::new(permits) }
    }

    pub fn acquire(&self) {
        let mut take = self.take.lock().unwrap();
        while take.try_recv().is_err() {
            take = self.released.wait(take).unwrap();
        }
        self.free.fetch_sub(1, Ordering::SeqCst);
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut take = self.take.lock().unwrap();
        while take.try_recv().is_err() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            take = self.released.wait_timeout(take, left).unwrap().0;
        }
        self.free.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let _take = self.take.lock().unwrap();
        if self.give.try_send(()).is_err() {
            return Err(OverRelease);
        }
        self.free.fetch_add(1, Ordering::SeqCst);
        self.released.notify_one();
        Ok(())
    }

    pub fn available(&self) -> usize {
        self.free.load(Ordering::SeqCst)
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
