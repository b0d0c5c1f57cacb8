//! The counter that loses count: the reference solution.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

/// A number that many threads count up and down. Given: leave it as it is.
pub trait Counter: Send + Sync {
    /// Adds `amount`, which may be negative.
    fn add(&self, amount: i64);

    /// The number now.
    fn value(&self) -> i64;

    /// Adds one.
    fn increment(&self) {
        self.add(1)
    }

    /// Takes one away.
    fn decrement(&self) {
        self.add(-1)
    }
}

/// A counter with a race condition: `add` is a load and then a separate store.
#[derive(Debug, Default)]
pub struct RacyCounter {
    value: AtomicI64,
}

impl RacyCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        // Each of the two is atomic, the pair is not: what another thread stores in between is overwritten.
        // A stronger ordering than `Relaxed` would not help: it orders accesses, it does not join them.
        let before = self.value.load(Ordering::Relaxed);
        self.value.store(before + amount, Ordering::Relaxed);
    }

    fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// A counter behind a lock: it never loses an update.
#[derive(Debug, Default)]
pub struct LockedCounter {
    value: Mutex<i64>,
}

impl LockedCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        // One guard for the read and the write: nobody gets in between.
        // The lock is poisoned only if this addition overflowed on some thread. Then the count is lost
        // and every later caller hears of it.
        *self.value.lock().expect("the count overflowed") += amount;
    }

    fn value(&self) -> i64 {
        *self.value.lock().expect("the count overflowed")
    }
}

/// A counter without a lock that never loses an update: `add` is one atomic read-modify-write.
#[derive(Debug, Default)]
pub struct AtomicCounter {
    value: AtomicI64,
}

impl AtomicCounter {
    /// A counter at zero.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        // A read-modify-write always works on the newest value, with any ordering. `Relaxed` is enough:
        // the counter guards no other data, and whoever joins the threads sees their additions by the join.
        self.value.fetch_add(amount, Ordering::Relaxed);
    }

    fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// Starts exactly `threads` threads that each call `increment` on `counter` `increments` times, at the
/// same time, joins them all, and returns the counter's value.
///
/// # Panics
///
/// When the counter panics in one of the threads, the caller panics too.
pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    // A scope joins its threads before it ends: that is what lets them borrow the counter, and what makes
    // their increments happen before the read below. It passes a thread's panic on.
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..increments {
                    counter.increment();
                }
            });
        }
    });
    counter.value()
}
