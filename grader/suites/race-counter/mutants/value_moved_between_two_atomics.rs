//! Mutant: `AtomicCounter` moves what was added from one atomic to another, and is seen without it in between.
//! Caught by: atomic::the_value_counts_all_that_happened_before (model)
//! Diagnosis: lost_update

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
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
    total: AtomicI64,
    fresh: AtomicI64,
}

impl AtomicCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        self.fresh.fetch_add(amount, Relaxed);
        let moved = self.fresh.swap(0, Relaxed);
        self.total.fetch_add(moved, Relaxed);
    }
    fn value(&self) -> i64 {
        self.total.load(Relaxed) + self.fresh.load(Relaxed)
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
