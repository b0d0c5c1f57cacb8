//! Fixture: the given trait stands there as it was given, with its documentation; all orderings are imported at once, one is used.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering::*};
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
#[derive(Debug, Default)]
pub struct RacyCounter {
    value: AtomicI64,
}
impl RacyCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        let now = self.value.load(Relaxed);
        self.value.store(now + amount, Relaxed);
    }
    fn value(&self) -> i64 {
        self.value.load(Relaxed)
    }
}
#[derive(Debug, Default)]
pub struct LockedCounter {
    value: Mutex<i64>,
}
impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        *self.value.lock().unwrap() += amount;
    }
    fn value(&self) -> i64 {
        *self.value.lock().unwrap()
    }
}
#[derive(Debug, Default)]
pub struct AtomicCounter {
    value: AtomicI64,
}
impl AtomicCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        self.value.fetch_add(amount, Relaxed);
    }
    fn value(&self) -> i64 {
        self.value.load(Relaxed)
    }
}
pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..increments {
                    counter.increment()
                }
            });
        }
    });
    counter.value()
}
