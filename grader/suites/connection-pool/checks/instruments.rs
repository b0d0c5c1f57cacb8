//! What the checks hold, and how they hold it.

use std::mem;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connection_pool::{ConnectionPool, Semaphore};
pub use harness::message;

harness::threads!();

/// Longer than any program runs.
pub const AGES: Duration = Duration::from_secs(150 * 365 * 24 * 60 * 60);

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub fn size(max_size: usize) -> NonZeroUsize {
    NonZeroUsize::new(max_size).expect("a pool has at least one place")
}

/// A pool whose connections are the numbers 0, 1, 2, … in the order of opening.
pub fn numbered(max_size: usize) -> (ConnectionPool<usize>, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    (ConnectionPool::new(size(max_size), move || count.fetch_add(1, Ordering::Relaxed)), opened)
}

/// What a semaphore and a pool have in common: a number of things to lend to one holder each.
pub trait Lender: Send + Sync + Sized + 'static {
    /// All of `count` are free.
    fn lending(count: usize) -> Self;

    /// Acquires, runs `meanwhile` as a holder, and gives back.
    fn hold<R>(&self, meanwhile: impl FnOnce() -> R) -> R;

    /// The same with a timeout; `None` when it expired.
    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R>;

    /// Acquires and never gives back.
    fn keep(&self);

    /// The same with a timeout; whether it did not expire.
    fn keep_within(&self, timeout: Duration) -> bool;

    /// How many are free.
    fn free(&self) -> usize;
}

impl Lender for Semaphore {
    fn lending(count: usize) -> Self {
        Semaphore::new(count)
    }

    fn hold<R>(&self, meanwhile: impl FnOnce() -> R) -> R {
        self.acquire();
        let result = meanwhile();
        assert_eq!(self.release(), Ok(()), "a holder's `release`");
        result
    }

    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R> {
        self.acquire_timeout(timeout).ok()?;
        let result = meanwhile();
        assert_eq!(self.release(), Ok(()), "a holder's `release`");
        Some(result)
    }

    fn keep(&self) {
        self.acquire();
    }

    fn keep_within(&self, timeout: Duration) -> bool {
        self.acquire_timeout(timeout).is_ok()
    }

    fn free(&self) -> usize {
        self.available()
    }
}

impl Lender for ConnectionPool<()> {
    fn lending(count: usize) -> Self {
        ConnectionPool::new(size(count), || ())
    }

    fn hold<R>(&self, meanwhile: impl FnOnce() -> R) -> R {
        let _connection = self.acquire();
        meanwhile()
    }

    fn hold_within<R>(&self, timeout: Duration, meanwhile: impl FnOnce() -> R) -> Option<R> {
        let _connection = self.acquire_timeout(timeout).ok()?;
        Some(meanwhile())
    }

    fn keep(&self) {
        mem::forget(self.acquire());
    }

    fn keep_within(&self, timeout: Duration) -> bool {
        self.acquire_timeout(timeout).map(mem::forget).is_ok()
    }

    fn free(&self) -> usize {
        self.available()
    }
}
