//! Mutant: the racy counter is a number that each thread has for itself.
//! Caught by: one_thread::no_counter_loses_anything_when_threads_take_turns (model)
//! Diagnosis: lost_update

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
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

static NEXT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static COUNTS: RefCell<HashMap<u64, i64>> = RefCell::new(HashMap::new());
}

#[derive(Debug)]
pub struct RacyCounter {
    id: u64,
}

impl RacyCounter {
    pub fn new() -> Self {
        Self { id: NEXT.fetch_add(1, Relaxed) }
    }
}

impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        COUNTS.with_borrow_mut(|counts| *counts.entry(self.id).or_insert(0) += amount);
    }
    fn value(&self) -> i64 {
        COUNTS.with_borrow(|counts| counts.get(&self.id).copied().unwrap_or(0))
    }
}

impl Default for RacyCounter {
    fn default() -> Self {
        Self::new()
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
