//! A semaphore and a pool of connections: the reference solution.
//!
//! Both follow the same pattern: state protected by a `Mutex`, and a `Condvar` for threads that wait until it
//! changes. A thread checks the condition in a loop, holding the mutex, because a wakeup implies nothing: it
//! may be spurious, or another thread may have taken the resource first.

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

/// A counting semaphore: at most `permits` threads hold a permit at a time.
pub struct Semaphore {
    permits: usize,
    free: Mutex<usize>,
    /// Notified once for each permit that becomes free.
    released: Condvar,
}

impl Semaphore {
    /// A semaphore with all of its `permits` free.
    pub fn new(permits: usize) -> Self {
        Self { permits, free: Mutex::new(permits), released: Condvar::new() }
    }

    /// Takes a permit, and blocks while none is free.
    pub fn acquire(&self) {
        let mut free = lock(&self.free);
        while *free == 0 {
            // `wait` releases the mutex and blocks in one atomic step, so no release can fall in between.
            free = self.released.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    /// Takes a permit, and blocks for at most `timeout` while none is free.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut free = lock(&self.free);
        // The state decides, not the reason for the wakeup: a notification that coincides with the timeout
        // may have gone to this thread alone. Ignoring the free permit would leave another thread waiting for
        // it.
        while *free == 0 {
            free = wait_until(&self.released, free, deadline)?;
        }
        *free -= 1;
        Ok(())
    }

    /// Returns a permit, and wakes a waiting thread.
    ///
    /// # Errors
    ///
    /// If all permits are free already. Nothing changes in that case.
    pub fn release(&self) -> Result<(), OverRelease> {
        let mut free = lock(&self.free);
        if *free == self.permits {
            return Err(OverRelease);
        }
        *free += 1;
        // One permit, one waiter. If another thread takes the permit first, that thread notifies when it
        // releases.
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
    /// Notified once for each connection that becomes idle, and for each place that becomes free again.
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    /// The number of connections that are lent, idle, or being opened. At most `max_size`.
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

    /// Borrows a connection, and blocks while none is free.
    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut state = lock(&self.state);
        while !self.has_free(&state) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.take(state)
    }

    /// Borrows a connection, and blocks for at most `timeout` while none is free. A timeout of zero tries
    /// once. The timeout covers the wait, not `connect`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut state = lock(&self.state);
        while !self.has_free(&state) {
            state = wait_until(&self.freed, state, deadline)?;
        }
        Ok(self.take(state))
    }

    /// How many connections can be acquired now without blocking: idle ones, and ones not opened yet.
    pub fn available(&self) -> usize {
        let state = lock(&self.state);
        state.idle.len() + self.max_size.get() - state.places_taken
    }

    fn has_free(&self, state: &State<C>) -> bool {
        !state.idle.is_empty() || state.places_taken < self.max_size.get()
    }

    /// Takes an idle connection or opens one. The caller has checked, with this guard, that either is
    /// possible.
    fn take(&self, mut state: MutexGuard<'_, State<C>>) -> PooledConnection<'_, C> {
        if let Some(connection) = state.idle.pop() {
            return PooledConnection { pool: self, connection: Some(connection) };
        }
        // The place is taken in the same critical section, so no other thread opens a connection for it.
        // `connect` is called without the lock: it may be slow, and other threads continue in the meantime.
        state.places_taken += 1;
        drop(state);
        let place = Place { pool: self };
        let connection = (self.connect)();
        place.keep();
        PooledConnection { pool: self, connection: Some(connection) }
    }
}

/// A place in the pool while its connection is being opened. If it is dropped before `keep`, because
/// `connect` panicked, it frees the place again.
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
        // A waiting thread found the pool full; now it can try to open a connection itself.
        self.pool.freed.notify_one();
    }
}

/// A borrowed connection. It is returned to its pool when it is dropped.
pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    /// `None` only inside `drop`.
    connection: Option<C>,
}

impl<C> PooledConnection<'_, C> {
    /// Returns the connection to its pool now.
    pub fn release(self) {
        // `self` is dropped here, which returns the connection.
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
    // May run while a panic unwinds, so it must not panic itself.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // The state is changed in a critical section, before the notification: a thread that found nothing is
        // waiting by then, and one that checks later finds the connection.
        lock(&self.pool.state).idle.push(connection);
        self.pool.freed.notify_one();
    }
}

/// The guard, even of a poisoned mutex: the critical sections leave the state consistent, whatever panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Blocks until a notification, a spurious wakeup or the deadline. An error if the deadline has passed
/// already.
///
/// The remaining time is computed from one deadline each time, so no wakeup starts the timeout again. The
/// caller has checked the condition after its last wakeup, so a deadline that has passed means that nothing
/// is free.
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
