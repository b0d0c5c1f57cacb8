//! Fixture: the atomic counter has 128 places, and adds in whichever one a thread has drawn.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
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
pub struct RacyCounter(AtomicI64);
impl RacyCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for RacyCounter {
    fn add(&self, amount: i64) {
        let seen = self.0.load(Ordering::SeqCst);
        self.0.store(seen + amount, Ordering::SeqCst);
    }
    fn value(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Debug, Default)]
pub struct LockedCounter(Mutex<i64>);
impl LockedCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for LockedCounter {
    fn add(&self, amount: i64) {
        *self.0.lock().unwrap() += amount;
    }
    fn value(&self) -> i64 {
        *self.0.lock().unwrap()
    }
}

const PLACES: usize = 16;
static DRAWN: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static MINE: usize = DRAWN.fetch_add(1, Ordering::Relaxed) % PLACES;
}
#[derive(Debug)]
pub struct AtomicCounter(Box<[AtomicI64]>);
impl AtomicCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Default for AtomicCounter {
    fn default() -> Self {
        Self((0..PLACES).map(|_| AtomicI64::new(0)).collect())
    }
}
impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        let place = &self.0[MINE.with(|mine| *mine)];
        place.fetch_add(amount, Ordering::Relaxed);
    }
    fn value(&self) -> i64 {
        self.0.iter().map(|place| place.load(Ordering::Relaxed)).sum()
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
