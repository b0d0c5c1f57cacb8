//! Mutant: `LockedCounter` is striped; a transfer between stripes takes two locks in either order.
//! Caught by: locked::two_threads_that_add_twice_lose_nothing (model)
//! Diagnosis: lock_order

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
        // Keeps the stripes level, so that neither overflows: takes its own, then the other one.
        let own = self.next.fetch_add(1, Relaxed) % 2;
        let mut mine = self.stripes[own].lock().unwrap();
        let mut other = self.stripes[1 - own].lock().unwrap();
        let sum = *mine + *other + amount;
        *mine = sum / 2;
        *other = sum - *mine;
    }
    fn value(&self) -> i64 {
        let [first, second] = &self.stripes;
        let first = first.lock().unwrap();
        *first + *second.lock().unwrap()
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
