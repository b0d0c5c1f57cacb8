//! Fixture: the locked counter is striped over four mutexes, chosen by thread; poison-tolerant.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

static NEXT_STRIPE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static STRIPE: usize = NEXT_STRIPE.fetch_add(1, Relaxed);
}

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
    stripes: [Mutex<i64>; 4],
}

impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        let stripe = STRIPE.with(|stripe| stripe % self.stripes.len());
        *lock(&self.stripes[stripe]) += amount;
    }
    fn value(&self) -> i64 {
        self.stripes.iter().map(|stripe| *lock(stripe)).sum()
    }
}

fn lock(stripe: &Mutex<i64>) -> MutexGuard<'_, i64> {
    stripe.lock().unwrap_or_else(PoisonError::into_inner)
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
