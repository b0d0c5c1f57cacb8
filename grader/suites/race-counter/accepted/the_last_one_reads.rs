//! Fixture: the thread that finishes last reads the value, and tells it the caller.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
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

#[derive(Debug, Default)]
pub struct AtomicCounter(AtomicI64);
impl AtomicCounter {
    pub fn new() -> Self {
        Self::default()
    }
}
impl Counter for AtomicCounter {
    fn add(&self, amount: i64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }
    fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub fn hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64 {
    if threads == 0 {
        return counter.value();
    }
    let at_work = AtomicUsize::new(threads);
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (tell, at_work) = (tell.clone(), &at_work);
            scope.spawn(move || {
                (0..increments).for_each(|_| counter.increment());
                // Who finishes last looks at the value.
                if at_work.fetch_sub(1, Ordering::AcqRel) == 1 {
                    let _ = tell.send(counter.value());
                }
            });
        }
    });
    told.recv().expect("the last thread has told")
}
