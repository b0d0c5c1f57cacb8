//! A counting semaphore, and a pool of connections that works in the same way.
//!
//! A thread that finds nothing free blocks until something is released, or until its timeout has elapsed. The
//! README explains the idea.

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

/// A counting semaphore: at most `permits` threads hold a permit at a time.
pub struct Semaphore {
    // What is counted, what protects the count, and where do threads wait?
}

impl Semaphore {
    /// A semaphore with all of its `permits` free.
    pub fn new(_permits: usize) -> Self {
        todo!("Semaphore::new")
    }

    /// Takes a permit, and blocks while none is free.
    pub fn acquire(&self) {
        todo!("Semaphore::acquire, which blocks while no permit is free")
    }

    /// Takes a permit, and blocks for at most `timeout` while none is free. A timeout of zero tries once.
    ///
    /// # Errors
    ///
    /// At the deadline, and not before, if no permit is free then. Wakeups on the way do not move it.
    pub fn acquire_timeout(&self, _timeout: Duration) -> Result<(), TimeoutError> {
        todo!("Semaphore::acquire_timeout, which keeps its deadline")
    }

    /// Returns a permit, and wakes a waiting thread.
    ///
    /// # Errors
    ///
    /// If all permits are free already. Nothing changes in that case.
    pub fn release(&self) -> Result<(), OverRelease> {
        todo!("Semaphore::release, which wakes a waiting thread")
    }

    /// How many permits are free now.
    pub fn available(&self) -> usize {
        todo!("Semaphore::available")
    }
}

/// Opens at most `max_size` connections, each when it is first needed, and lends them out.
pub struct ConnectionPool<C> {
    // The idle connections, how many places are taken, how to connect, and where threads wait.
    todo: PhantomData<C>,
}

impl<C> ConnectionPool<C> {
    /// An empty pool: `connect` is first called when a connection is needed.
    pub fn new(_max_size: NonZeroUsize, _connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        todo!("ConnectionPool::new, which opens no connection yet")
    }

    /// Borrows a connection: an idle one, or a new one while fewer than `max_size` are open. Otherwise it
    /// blocks until one is free.
    ///
    /// # Panics
    ///
    /// If `connect` panics. Its place is then free again, for a waiting thread to try.
    pub fn acquire(&self) -> PooledConnection<'_, C> {
        todo!("ConnectionPool::acquire")
    }

    /// Borrows a connection like `acquire`, but blocks for at most `timeout`. A timeout of zero tries once.
    /// The timeout covers the wait, not `connect`.
    ///
    /// # Errors
    ///
    /// At the deadline, and not before, if no connection is free then. Wakeups on the way do not move it.
    pub fn acquire_timeout(&self, _timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        todo!("ConnectionPool::acquire_timeout")
    }

    /// How many connections can be acquired now without blocking: idle ones, and ones not opened yet.
    pub fn available(&self) -> usize {
        todo!("ConnectionPool::available")
    }
}

/// A borrowed connection. It is returned to its pool when it is dropped, also while a panic unwinds.
pub struct PooledConnection<'pool, C> {
    // The pool to return to, and the connection.
    todo: PhantomData<&'pool ConnectionPool<C>>,
}

impl<C> PooledConnection<'_, C> {
    /// Returns the connection to its pool now.
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
        todo!("PooledConnection::drop, which returns the connection and wakes a waiting thread")
    }
}
