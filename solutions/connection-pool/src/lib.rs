//! A semaphore and a pool of connections: the reference solution.
//!
//! Both are the same pattern: state behind a `Mutex`, and a `Condvar` for those who wait until it changes.
//! A waiter looks at the state in a loop, under the lock, because a wake-up promises nothing: it may be
//! spurious, and another thread may have been faster.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Nothing became free in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing became free in time")
    }
}

impl Error for TimeoutError {}

/// More was released than had been acquired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("released more permits than were acquired")
    }
}

impl Error for OverRelease {}

/// Lets at most `permits` holders in at a time.
pub struct Semaphore {
    permits: usize,
    free: Mutex<usize>,
    /// Signalled once for each permit that becomes free.
    released: Condvar,
}

impl Semaphore {
    /// All of `permits` are free at first.
    pub fn new(permits: usize) -> Self {
        Self { permits, free: Mutex::new(permits), released: Condvar::new() }
    }

    /// Takes a permit; blocks until one is free.
    pub fn acquire(&self) {
        let mut free = lock(&self.free);
        while *free == 0 {
            // `wait` gives the lock back and sleeps in one step, so no release fits in between unnoticed.
            free = self.released.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    /// Takes a permit; gives up when none became free within `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut free = lock(&self.free);
        // The state decides, not what ended the wait. A release that meets the timeout has woken this thread
        // and nobody else: were the permit left lying, another waiter would sleep on beside it.
        while *free == 0 {
            free = wait_until(&self.released, free, deadline)?;
        }
        *free -= 1;
        Ok(())
    }

    /// Gives a permit back.
    ///
    /// # Errors
    ///
    /// When all permits are free already; nothing changes then.
    pub fn release(&self) -> Result<(), OverRelease> {
        let mut free = lock(&self.free);
        if *free == self.permits {
            return Err(OverRelease);
        }
        *free += 1;
        // One permit, one waiter: whoever wakes takes it or finds it taken by somebody who releases it later.
        self.released.notify_one();
        Ok(())
    }

    /// How many permits are free now.
    pub fn available(&self) -> usize {
        *lock(&self.free)
    }
}

/// Opens at most `max_size` connections, each when it is first needed, and lends them out.
pub struct ConnectionPool<C> {
    max_size: NonZeroUsize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    state: Mutex<State<C>>,
    /// Signalled once for each connection that becomes idle and each place that becomes free again.
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    /// Connections that exist, lent or idle, and those that are being opened. Never above `max_size`.
    places_taken: usize,
}

impl<C> ConnectionPool<C> {
    /// An empty pool: `connect` is first called when a connection is needed.
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            max_size,
            connect: Box::new(connect),
            state: Mutex::new(State { idle: Vec::new(), places_taken: 0 }),
            freed: Condvar::new(),
        }
    }

    /// Borrows a connection; blocks until one is free.
    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = lock(&self.state);
        while !self.has_free(&state) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.take(state)
    }

    /// Borrows a connection; gives up when none became free within `timeout`. Zero means: try once.
    /// The timeout covers the waiting, not `connect`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut state = lock(&self.state);
        while !self.has_free(&state) {
            state = wait_until(&self.freed, state, deadline)?;
        }
        Ok(self.take(state))
    }

    /// How many connections can be acquired now without waiting: idle ones and ones not opened yet.
    pub fn available(&self) -> usize {
        let state = lock(&self.state);
        state.idle.len() + self.max_size.get() - state.places_taken
    }

    fn has_free(&self, state: &State<C>) -> bool {
        !state.idle.is_empty() || state.places_taken < self.max_size.get()
    }

    /// Takes an idle connection or opens one. The caller has seen, under this lock, that one of them can be done.
    fn take(&self, mut state: MutexGuard<'_, State<C>>) -> PooledConnection<'_, C> {
        if let Some(connection) = state.idle.pop() {
            return PooledConnection { pool: self, connection: Some(connection) };
        }
        // The place is taken under the lock, so that nobody else opens a connection for it. `connect` runs
        // without the lock: it may be slow, and others can go on meanwhile.
        state.places_taken += 1;
        drop(state);
        let place = Place { pool: self };
        let connection = (self.connect)();
        place.keep();
        PooledConnection { pool: self, connection: Some(connection) }
    }
}

/// A place in the pool while its connection is being opened. Dropped before `keep`, that is when `connect`
/// panics, it makes the place free again.
struct Place<'pool, C> {
    pool: &'pool ConnectionPool<C>,
}

impl<C> Place<'_, C> {
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        lock(&self.pool.state).places_taken -= 1;
        // A waiter saw a full pool; now it can try to open a connection itself.
        self.pool.freed.notify_one();
    }
}

/// A borrowed connection. It goes back to its pool when it is dropped.
pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    /// Empty only inside `drop`.
    connection: Option<C>,
}

impl<C> PooledConnection<'_, C> {
    /// Gives the connection back now.
    pub fn release(self) {
        // Taking `self` by value is all: it is dropped here.
    }
}

impl<C> Deref for PooledConnection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("a connection until it is dropped")
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("a connection until it is dropped")
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    // Runs while a panic unwinds, too: it must not panic itself, and does not.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // First the connection, then the notification, the first under the lock: a waiter that has just
        // found nothing is asleep by then, and one that comes later finds the connection.
        lock(&self.pool.state).idle.push(connection);
        self.pool.freed.notify_one();
    }
}

/// The guard, also of a poisoned lock: no code of others runs under these locks, so the state is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sleeps until a notification, a spurious wake-up or the deadline; an error when the deadline has passed.
///
/// A waiter computes what is left from one deadline each time, so that no wake-up starts the clock anew. It
/// has looked at the state after its last wake-up, so a deadline that has passed means that nothing is free.
fn wait_until<'a, T>(
    condition: &Condvar,
    guard: MutexGuard<'a, T>,
    deadline: Instant,
) -> Result<MutexGuard<'a, T>, TimeoutError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(TimeoutError);
    }
    let (guard, _) = condition.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner);
    Ok(guard)
}
