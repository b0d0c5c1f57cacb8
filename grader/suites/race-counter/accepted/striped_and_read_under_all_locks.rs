//! Fixture: the locked counter takes stripes in turn, and reads with all of them held, in a fixed order; `hammer` works by recursion.

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
    stripes: [Mutex<i64>; 3],
    turn: AtomicUsize,
}

impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        let stripe = self.turn.fetch_add(1, Relaxed) % 3;
        *self.stripes[stripe].lock().unwrap() += amount;
    }
    fn value(&self) -> i64 {
        let all: Vec<_> = self.stripes.iter().map(|stripe| stripe.lock().unwrap()).collect();
        all.iter().map(|part| **part).sum()
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
    // Starts one thread, then hammers with the rest, then joins it.
    fn rest<C: Counter>(counter: &C, threads: usize, increments: u64) {
        if threads == 0 {
            return;
        }
        thread::scope(|scope| {
            let first = scope.spawn(|| {
                let mut left = increments;
                while left > 0 {
                    counter.increment();
                    left -= 1;
                }
            });
            rest(counter, threads - 1, increments);
            first.join().unwrap();
        });
    }
    rest(counter, threads, increments);
    counter.value()
}
