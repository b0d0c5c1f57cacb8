//! Fixture: one bell for those who wait with a timeout and one for the others; both are rung.
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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

/// Permits in an atomic, taken without the lock while there are some; the lock is for those who sleep.
pub struct Semaphore {
    most: usize,
    free: AtomicUsize,
    asleep: Mutex<usize>,
    bell: Condvar,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { most: permits, free: AtomicUsize::new(permits), asleep: Mutex::new(0), bell: Condvar::new() }
    }

    fn takes_one(&self, success: Ordering) -> bool {
        self.free.fetch_update(success, Ordering::Relaxed, |free| free.checked_sub(1)).is_ok()
    }

    pub fn acquire(&self) {
        if self.takes_one(Ordering::SeqCst) {
            return;
        }
        let mut asleep = lock(&self.asleep);
        while !self.takes_one(Ordering::SeqCst) {
            *asleep += 1;
            asleep = self.bell.wait(asleep).unwrap_or_else(PoisonError::into_inner);
            *asleep -= 1;
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        if self.takes_one(Ordering::SeqCst) {
            return Ok(());
        }
        let deadline = Instant::now() + timeout;
        let mut asleep = lock(&self.asleep);
        loop {
            if self.takes_one(Ordering::SeqCst) {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimeoutError);
            }
            *asleep += 1;
            (asleep, _) = self.bell.wait_timeout(asleep, left).unwrap_or_else(PoisonError::into_inner);
            *asleep -= 1;
        }
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let room = |free: usize| (free < self.most).then_some(free + 1);
        self.free.fetch_update(Ordering::SeqCst, Ordering::Relaxed, room).map_err(|_| OverRelease)?;
        // Whoever found none is asleep by then, or looks again after this.
        let asleep = lock(&self.asleep);
        if *asleep > 0 {
            self.bell.notify_one();
        }
        Ok(())
    }

    pub fn available(&self) -> usize {
        self.free.load(Ordering::SeqCst)
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
    timed_bell: Condvar,
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
            timed_bell: Condvar::new(),
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

    fn ring(&self, _: &mut Stock<C>) {
        self.bell.notify_one();
        self.timed_bell.notify_one();
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
                    (stock, _) = self.timed_bell.wait_timeout(stock, left).unwrap_or_else(PoisonError::into_inner);
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
