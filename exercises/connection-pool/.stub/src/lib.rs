//! A semaphore, and a pool of connections with the same manners.
//!
//! Whoever finds nothing free sleeps until something is released, or until the timeout is over. The README
//! explains the idea.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

/// Nothing became free in time. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing became free in time")
    }
}

impl Error for TimeoutError {}

/// More was released than had been acquired. Given.
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
    // What is there to count, what protects it, and where do waiting threads sleep?
}

impl Semaphore {
    /// All of `permits` are free at first.
    pub fn new(_permits: usize) -> Self {
        todo!("Semaphore::new")
    }

    /// Takes a permit; blocks until one is free.
    pub fn acquire(&self) {
        todo!("Semaphore::acquire, which sleeps while no permit is free")
    }

    /// Takes a permit; gives up when none became free within `timeout`. Zero means: try once.
    ///
    /// # Errors
    ///
    /// Never before the timeout, and by the deadline at the latest, whatever wakes the thread on the way.
    pub fn acquire_timeout(&self, _timeout: Duration) -> Result<(), TimeoutError> {
        todo!("Semaphore::acquire_timeout, which keeps its deadline")
    }

    /// Gives a permit back, and wakes a waiter.
    ///
    /// # Errors
    ///
    /// When all permits are free already; nothing changes then.
    pub fn release(&self) -> Result<(), OverRelease> {
        todo!("Semaphore::release, which wakes a waiter")
    }

    /// How many permits are free now.
    pub fn available(&self) -> usize {
        todo!("Semaphore::available")
    }
}

/// Opens at most `max_size` connections, each when it is first needed, and lends them out.
pub struct ConnectionPool<C> {
    // Idle connections, how many places are taken, how to connect, and where waiting threads sleep.
    todo: PhantomData<C>,
}

impl<C> ConnectionPool<C> {
    /// An empty pool: `connect` is first called when a connection is needed.
    pub fn new(_max_size: NonZeroUsize, _connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        todo!("ConnectionPool::new, which opens no connection yet")
    }

    /// Borrows a connection: an idle one, or a new one while fewer than `max_size` are open; otherwise
    /// blocks until one is free.
    ///
    /// # Panics
    ///
    /// When `connect` panics. Its place is free again then, and a waiter may try.
    pub fn acquire(&self) -> PooledConnection<'_, C> {
        todo!("ConnectionPool::acquire")
    }

    /// Borrows a connection like `acquire`; gives up when none became free within `timeout`. Zero means: try
    /// once. The timeout covers the waiting, not `connect`.
    ///
    /// # Errors
    ///
    /// Never while a connection is free, never before the timeout, and by the deadline at the latest.
    pub fn acquire_timeout(&self, _timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        todo!("ConnectionPool::acquire_timeout")
    }

    /// How many connections can be acquired now without waiting: idle ones and ones not opened yet.
    pub fn available(&self) -> usize {
        todo!("ConnectionPool::available")
    }
}

/// A borrowed connection. It goes back to its pool when it is dropped, also while a panic unwinds.
pub struct PooledConnection<'pool, C> {
    // The pool to go back to, and the connection.
    todo: PhantomData<&'pool ConnectionPool<C>>,
}

impl<C> PooledConnection<'_, C> {
    /// Gives the connection back now.
    pub fn release(self) {
        todo!("PooledConnection::release")
    }
}

impl<C> Deref for PooledConnection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        todo!("PooledConnection::deref")
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        todo!("PooledConnection::deref_mut")
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        todo!("PooledConnection::drop, which gives the connection back and wakes a waiter")
    }
}
