//! Fixture: one atomic word says whether the lock is held and how many wait; each thread knows itself how often it holds it.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub use guarded::{ReentrantGuard, ReentrantLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the calling thread does not hold the lock")
    }
}

impl Error for NotOwner {}

static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// How often this thread holds which lock.
    static HELD_HERE: RefCell<HashMap<u64, usize>> = RefCell::default();
}

/// The word: bit 0, it is held; the rest, how many threads wait.
const HELD: usize = 1;
const WAITS: usize = 2;

#[derive(Debug)]
pub struct RawReentrantLock {
    number: u64,
    word: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
}

impl Default for RawReentrantLock {
    fn default() -> Self {
        Self::new()
    }
}

impl RawReentrantLock {
    pub fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { number, word: AtomicUsize::new(0), bed: Mutex::new(()), bell: Condvar::new() }
    }

    fn bed(&self) -> MutexGuard<'_, ()> {
        self.bed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once more, if this thread holds it.
    fn again(&self) -> bool {
        HELD_HERE.with_borrow_mut(|held| held.get_mut(&self.number).map(|depth| *depth += 1).is_some())
    }

    fn enter(&self, off: usize) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & HELD == 0 {
            match self.word.compare_exchange_weak(word, word - off + HELD, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => {
                    HELD_HERE.with_borrow_mut(|held| held.insert(self.number, 1));
                    return true;
                }
                Err(now) => word = now,
            }
        }
        false
    }

    pub fn lock(&self) {
        if self.again() || self.enter(0) {
            return;
        }
        let mut bed = self.bed();
        self.word.fetch_add(WAITS, Ordering::Relaxed);
        while !self.enter(WAITS) {
            bed = self.bell.wait(bed).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn try_lock(&self) -> bool {
        self.again() || self.enter(0)
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let left = HELD_HERE.with_borrow_mut(|held| {
            let depth = held.get_mut(&self.number).ok_or(NotOwner)?;
            *depth -= 1;
            let left = *depth;
            if left == 0 {
                held.remove(&self.number);
            }
            Ok(left)
        })?;
        if left == 0 && self.word.fetch_sub(HELD, Ordering::Release) > HELD {
            drop(self.bed());
            self.bell.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        HELD_HERE.with_borrow(|held| held.get(&self.number).copied().unwrap_or(0))
    }
}

pub struct CachedRepository<V> {
    map: ReentrantLock<RefCell<HashMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { map: ReentrantLock::new(RefCell::new(HashMap::new())) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        self.map.lock().borrow().get(key).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        let _old = self.map.lock().borrow_mut().insert(key.to_owned(), value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        self.map.lock().borrow_mut().entry(key.to_owned()).or_insert(default).clone()
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let _transaction = self.map.lock();
        let new = change(self.get(key));
        self.set(key, new.clone());
        new
    }
}

impl<V: Clone> Default for CachedRepository<V> {
    fn default() -> Self {
        Self::new()
    }
}
