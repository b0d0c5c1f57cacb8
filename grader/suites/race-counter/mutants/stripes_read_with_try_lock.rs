//! Mutant: `LockedCounter` is striped, and `value` leaves out a stripe that somebody else holds.
//! Caught by: locked::the_value_counts_all_that_happened_before (model)
//! Diagnosis: none

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::thread;

pub trait Counter: Send + Sync {
    fn add(&self, amount: i64);
    fn value(&self) -> i64;
    fn increment(&self) {
        self.add(1)
    }
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
        let seen = self.value.load(Relaxed);
        self.value.store(seen + amount, Relaxed);
    }
    fn value(&self) -> i64 {
        self.value.load(Relaxed)
    }
}

#[derive(Debug, Default)]
pub struct LockedCounter {
    stripes: [Mutex<i64>; 2],
    next: AtomicUsize,
}

impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        *self.stripes[self.next.fetch_add(1, Relaxed) % 2].lock().unwrap() += amount;
    }
    fn value(&self) -> i64 {
        self.stripes.iter().filter_map(|stripe| stripe.try_lock().ok()).map(|stripe| *stripe).sum()
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
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..increments).for_each(|_| counter.increment()));
        }
    });
    counter.value()
}
