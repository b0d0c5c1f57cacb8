//! Fixture: one word that is the owner, and a list of threads that park.

mod guarded;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};

pub use guarded::{ReentrantGuard, ReentrantLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the owner")
    }
}

impl Error for NotOwner {}

#[derive(Debug, Default)]
pub struct RawReentrantLock {
    /// 0: the lock is free.
    owner: AtomicUsize,
    /// The owner's.
    depth: AtomicUsize,
    parked: Mutex<VecDeque<Thread>>,
}

thread_local! {
    /// Different for each thread that there has ever been, and never 0.
    static ME: usize = NEXT.fetch_add(1, Ordering::Relaxed);
}

static NEXT: AtomicUsize = AtomicUsize::new(1);

fn me() -> usize {
    ME.with(|me| *me)
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        if self.try_lock() {
            return;
        }
        let this = thread::current();
        loop {
            // In the list first: whoever frees the lock after the next attempt finds this thread there.
            self.parked().push_back(this.clone());
            let is_in = self.try_lock();
            if !is_in {
                thread::park();
            }
            self.parked().retain(|other| other.id() != this.id());
            if is_in || self.try_lock() {
                return;
            }
        }
    }

    pub fn try_lock(&self) -> bool {
        if self.depth() > 0 {
            self.depth.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        let is_in = self.owner.compare_exchange(0, me(), Ordering::Acquire, Ordering::Relaxed).is_ok();
        if is_in {
            self.depth.store(1, Ordering::Relaxed);
        }
        is_in
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let left = self.depth().checked_sub(1).ok_or(NotOwner)?;
        self.depth.store(left, Ordering::Relaxed);
        if left == 0 {
            self.owner.store(0, Ordering::Release);
            let next = self.parked().pop_front();
            if let Some(next) = next {
                next.unpark();
            }
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        if self.owner.load(Ordering::Relaxed) == me() { self.depth.load(Ordering::Relaxed) } else { 0 }
    }

    fn parked(&self) -> std::sync::MutexGuard<'_, VecDeque<Thread>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct CachedRepository<V> {
    entries: ReentrantLock<RefCell<HashMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { entries: ReentrantLock::new(RefCell::new(HashMap::new())) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        self.entries.lock().borrow().get(key).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        self.entries.lock().borrow_mut().insert(key.to_owned(), value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        self.entries.lock().borrow_mut().entry(key.to_owned()).or_insert(default).clone()
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let _transaction = self.entries.lock();
        let value = change(self.get(key));
        self.set(key, value.clone());
        value
    }
}
