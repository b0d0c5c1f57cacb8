//! Mutant: the racy counter keeps the number in two halves, which do not race as one number.
//! Caught by: racing::an_update_is_lost_whole_or_not_at_all (model)
//! Diagnosis: lost_update

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};
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
    high: AtomicU32,
    low: AtomicU32,
}

impl RacyCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        let sum = self.value() + amount;
        self.high.store((sum as u64 >> 32) as u32, Relaxed);
        self.low.store(sum as u32, Relaxed);
    }
    fn value(&self) -> i64 {
        let high = u64::from(self.high.load(Relaxed));
        (high << 32 | u64::from(self.low.load(Relaxed))) as i64
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
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..increments).for_each(|_| counter.increment()));
        }
    });
    counter.value()
}
