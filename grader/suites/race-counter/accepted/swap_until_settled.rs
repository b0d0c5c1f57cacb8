//! Fixture: the atomic counter has striped atomics of other types, the racy one yields between load and store; all overridden methods are right.

use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, AtomicU64, Ordering::{Relaxed, SeqCst}};
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
    value: AtomicIsize,
}

impl RacyCounter {
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts at a value other than zero.
    pub fn starting_at(value: i64) -> Self {
        let counter = Self::new();
        counter.add(value);
        counter
    }
}

impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        let seen = self.value.load(SeqCst);
        thread::yield_now();
        self.value.store(seen + amount as isize, SeqCst);
    }
    fn value(&self) -> i64 {
        self.value.load(SeqCst) as i64
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
    ups: AtomicU64,
    downs: AtomicU64,
}

impl AtomicCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        let part = if amount < 0 { &self.downs } else { &self.ups };
        part.fetch_add(amount.unsigned_abs(), Relaxed);
    }
    fn value(&self) -> i64 {
        self.ups.load(Relaxed).wrapping_sub(self.downs.load(Relaxed)) as i64
    }
    fn increment(&self) {
        self.ups.fetch_add(1, Relaxed);
    }
    fn decrement(&self) {
        self.downs.fetch_add(1, Relaxed);
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
