//! Fixture: the atomic counter uses `fetch_update`, the locked one an `RwLock`, the racy one two lock sections.

use std::sync::{Mutex, RwLock};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
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
    value: Mutex<i64>,
}

impl RacyCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        let seen = { *self.value.lock().unwrap() };
        // The lock is free here: the race is between the two sections.
        *self.value.lock().unwrap() = seen + amount;
    }
    fn value(&self) -> i64 {
        *self.value.lock().unwrap()
    }
}

#[derive(Debug, Default)]
pub struct LockedCounter {
    value: RwLock<i64>,
}

impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        *self.value.write().unwrap() += amount;
    }
    fn value(&self) -> i64 {
        *self.value.read().unwrap()
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
        self.value.fetch_update(SeqCst, SeqCst, |value| Some(value + amount)).expect("always some");
    }
    fn value(&self) -> i64 {
        self.value.load(SeqCst)
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
