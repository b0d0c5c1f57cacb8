//! Mutant: `AtomicCounter` has 32 places, one for each thread, and each thread loads and stores its own; the 33rd has the place of the first.
//! Caught by: atomic::threads_that_come_late_lose_nothing (model)
//! Diagnosis: lost_update

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering::*};
thread_local! { static ID: usize = { static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0); NEXT.fetch_add(1, Relaxed) }; }

pub trait Counter: Send + Sync {
    /// Adds `amount`, which may be negative.
    fn add(&self, amount: i64);

    /// The number now.
    fn value(&self) -> i64;

    /// Adds one.
    fn increment(&self) {
        self.add(1)
    }

    /// Takes one away.
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
        let now = self.value.load(Relaxed);
        self.value.store(now + amount, Relaxed);
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
#[derive(Debug)]
pub struct AtomicCounter {
    stripes: [AtomicI64; 32],
}
impl Default for AtomicCounter {
    fn default() -> Self {
        Self::new()
    }
}
impl AtomicCounter {
    pub fn new() -> Self {
        Self { stripes: std::array::from_fn(|_| AtomicI64::new(0)) }
    }
}
impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        // Each thread has a stripe of its own.
        let mine = &self.stripes[ID.with(|id| *id) % 32];
        mine.store(mine.load(Relaxed) + amount, Relaxed);
    }
    fn value(&self) -> i64 {
        self.stripes.iter().map(|s| s.load(Relaxed)).sum()
    }
}
pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..increments {
                    counter.increment()
                }
            });
        }
    });
    counter.value()
}
