//! Mutant: `LockedCounter::add` sends the amount to a thread of its own, which adds it later.
//! Caught by: locked::the_value_counts_all_that_happened_before (model)
//! Diagnosis: never_joined

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, mpsc};
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

#[derive(Debug)]
pub struct LockedCounter {
    value: Arc<Mutex<i64>>,
    amounts: mpsc::Sender<i64>,
}

impl LockedCounter {
    pub fn new() -> Self {
        let value = Arc::new(Mutex::new(0));
        let (amounts, received) = mpsc::channel();
        let theirs = Arc::clone(&value);
        thread::spawn(move || received.iter().for_each(|amount| *theirs.lock().unwrap() += amount));
        Self { value, amounts }
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        self.amounts.send(amount).unwrap();
    }
    fn value(&self) -> i64 {
        *self.value.lock().unwrap()
    }
}

impl Default for LockedCounter {
    fn default() -> Self {
        Self::new()
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
