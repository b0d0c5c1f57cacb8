//! The counter that loses count: the reference solution.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

/// A number that several threads increment and decrement. Given: leave it as it is.
pub trait Counter: Send + Sync {
    /// Adds `amount`, which may be negative.
    fn add(&self, amount: i64);

    /// The current value.
    fn value(&self) -> i64;

    /// Adds one.
    fn increment(&self) {
        self.add(1)
    }

    /// Subtracts one.
    fn decrement(&self) {
        self.add(-1)
    }
}

/// A counter with a race condition: `add` is a load followed by a separate store.
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
        // A stronger ordering than `Relaxed` would not help: it orders accesses, it does not make them one.
        let before = self.value.load(Ordering::Relaxed);
        self.value.store(before + amount, Ordering::Relaxed);
    }

    fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// A counter protected by a mutex: it never loses an update.
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
        // The read and the write are one critical section.
        // The mutex is poisoned only if this addition overflowed in some thread. Then the count is wrong, and
        // every later call panics.
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
        // A read-modify-write always works on the latest value, with any ordering. `Relaxed` is enough: the
        // counter publishes no other data, and every addition happens-before the return of its thread's join.
        self.value.fetch_add(amount, Ordering::Relaxed);
    }

    fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// Spawns exactly `threads` threads that call `increment` on `counter` `increments` times each, concurrently,
/// joins them all, and returns the counter's value.
///
/// # Panics
///
/// If the counter panics in one of the threads.
pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    // A scope joins its threads before it ends: that lets them borrow the counter, and makes every increment
    // happen-before the read below. It propagates a thread's panic.
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
