//! Fixture: the atomic counter retries a weak compare-exchange; threads from a `Builder`, joined by hand; a start barrier.

use std::sync::{Barrier, Mutex};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
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
        let seen = self.value.load(Acquire);
        self.value.store(seen + amount, Release);
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
        let mut seen = self.value.load(Relaxed);
        loop {
            match self.value.compare_exchange_weak(seen, seen + amount, Ordering::AcqRel, Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
    fn value(&self) -> i64 {
        self.value.load(Acquire)
    }
}

pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|number| {
                let start = &start;
                thread::Builder::new()
                    .name(format!("hammer {number}"))
                    .spawn_scoped(scope, move || {
                        start.wait();
                        for _ in 0..increments {
                            counter.increment();
                        }
                    })
                    .expect("a thread can be started")
            })
            .collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    counter.value()
}
