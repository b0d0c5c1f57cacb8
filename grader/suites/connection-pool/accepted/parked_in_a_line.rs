//! Fixture: the semaphore announces what is free to the first of a line of parked threads, who announces what is left.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing became free in time")
    }
}

impl Error for TimeoutError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("released more permits than were acquired")
    }
}

impl Error for OverRelease {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Those who wait park, in a line; a permit is announced to the first, who takes it and announces what is left.
pub struct Semaphore {
    most: usize,
    desk: Mutex<Desk>,
}

struct Desk {
    free: usize,
    line: VecDeque<Thread>,
}

impl Desk {
    fn announce(&self) {
        if self.free > 0 {
            if let Some(first) = self.line.front() {
                first.unpark();
            }
        }
    }

    fn leaves(&mut self) {
        let me = thread::current().id();
        self.line.retain(|other| other.id() != me);
    }
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { most: permits, desk: Mutex::new(Desk { free: permits, line: VecDeque::new() }) }
    }

    pub fn acquire(&self) {
        let mut desk = lock(&self.desk);
        if desk.free == 0 || !desk.line.is_empty() {
            let me = thread::current();
            desk.line.push_back(me.clone());
            while desk.free == 0 || desk.line.front().map(Thread::id) != Some(me.id()) {
                drop(desk);
                thread::park();
                desk = lock(&self.desk);
            }
            desk.leaves();
        }
        desk.free -= 1;
        desk.announce();
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut desk = lock(&self.desk);
        if desk.free == 0 {
            desk.line.push_back(thread::current());
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                if desk.free > 0 || left.is_zero() {
                    break;
                }
                drop(desk);
                thread::park_timeout(left);
                desk = lock(&self.desk);
            }
            desk.leaves();
        }
        let served = desk.free.checked_sub(1);
        if let Some(left) = served {
            desk.free = left;
        }
        desk.announce();
        served.map(drop).ok_or(TimeoutError)
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut desk = lock(&self.desk);
        if desk.free >= self.most {
            return Err(OverRelease);
        }
        desk.free += 1;
        desk.announce();
        Ok(())
    }

    pub fn available(&self) -> usize {
        lock(&self.desk).free
    }
}

struct Stock<C> {
    idle: VecDeque<C>,
    /// Lent, idle, or being opened.
    open: usize,
    sleepers: usize,
    called: usize,
}

pub struct ConnectionPool<C> {
    most: usize,
    connect: Arc<dyn Fn() -> C + Send + Sync>,
    stock: Mutex<Stock<C>>,
    bell: Condvar,
}

/// How it was found.
enum Found<C> {
    Idle(C),
    Room,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let stock = Stock { idle: VecDeque::new(), open: 0, sleepers: 0, called: 0 };
        Self {
            most: max_size.get(),
            connect: Arc::new(connect),
            stock: Mutex::new(stock),
            bell: Condvar::new(),
        }
    }

    fn look(&self, stock: &mut Stock<C>) -> Option<Found<C>> {
        if let Some(connection) = stock.idle.pop_front() {
            return Some(Found::Idle(connection));
        }
        (stock.open < self.most).then(|| {
            stock.open += 1;
            Found::Room
        })
    }

    /// Wakes one more, unless all that sleep have been called.
    fn ring(&self, stock: &mut Stock<C>) {
        if stock.called < stock.sleepers {
            stock.called += 1;
            self.bell.notify_one();
        }
    }

    fn search(&self, deadline: Option<Instant>) -> Option<PooledConnection<'_, C>> {
        let mut stock = lock(&self.stock);
        let mut waited = false;
        loop {
            if let Some(found) = self.look(&mut stock) {
                drop(stock);
                return Some(self.lend(found, waited));
            }
            waited = true;
            stock.sleepers += 1;
            match deadline {
                None => stock = self.bell.wait(stock).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        stock.sleepers -= 1;
                        return None;
                    }
                    (stock, _) = self.bell.wait_timeout(stock, left).unwrap_or_else(PoisonError::into_inner);
                }
            }
            stock.sleepers -= 1;
            // Called, or awake for another reason: then somebody else may be called once more than needed.
            stock.called = stock.called.saturating_sub(1);
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        self.search(None).expect("a wait without an end")
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        self.search(Some(Instant::now() + timeout)).ok_or(TimeoutError)
    }

    pub fn available(&self) -> usize {
        let stock = lock(&self.stock);
        stock.idle.len() + self.most - stock.open
    }

    fn lend(&self, found: Found<C>, waited: bool) -> PooledConnection<'_, C> {
        let connection = match found {
            Found::Idle(connection) => connection,
            Found::Room => self.open(waited),
        };
        PooledConnection { pool: self, connection: Some(connection) }
    }

    fn open(&self, waited: bool) -> C {
        let _ = waited;
        catch_unwind(AssertUnwindSafe(|| (self.connect)())).unwrap_or_else(|payload| {
            let mut stock = lock(&self.stock);
            stock.open -= 1;
            self.ring(&mut stock);
            drop(stock);
            resume_unwind(payload)
        })
    }

    fn comes_back(&self, connection: C) {
        let mut stock = lock(&self.stock);
        stock.idle.push_back(connection);
        self.ring(&mut stock);
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
        self.connection.as_ref().expect("lent until it is dropped")
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("lent until it is dropped")
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.comes_back(connection);
        }
    }
}
