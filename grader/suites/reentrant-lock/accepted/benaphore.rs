//! Fixture: a count of all who are inside or on their way in, and a semaphore for those who have to wait.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

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
    /// Threads that hold the lock or are queued for it.
    threads: AtomicUsize,
    owner: AtomicUsize,
    depth: AtomicUsize,
    /// Turns that were given to one of those that wait.
    turns: Mutex<usize>,
    turn: Condvar,
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
        if self.depth() == 0 {
            if self.threads.fetch_add(1, Ordering::Acquire) > 0 {
                let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
                while *turns == 0 {
                    turns = self.turn.wait(turns).unwrap_or_else(PoisonError::into_inner);
                }
                *turns -= 1;
            }
            self.owner.store(me(), Ordering::Relaxed);
        }
        self.depth.fetch_add(1, Ordering::Relaxed);
    }

    pub fn try_lock(&self) -> bool {
        if self.depth() == 0 {
            if self.threads.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
                return false;
            }
            self.owner.store(me(), Ordering::Relaxed);
        }
        self.depth.fetch_add(1, Ordering::Relaxed);
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        if self.depth() == 0 {
            return Err(NotOwner);
        }
        if self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.owner.store(0, Ordering::Relaxed);
            if self.threads.fetch_sub(1, Ordering::Release) > 1 {
                *self.turns.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                self.turn.notify_one();
            }
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        if self.owner.load(Ordering::Relaxed) == me() { self.depth.load(Ordering::Relaxed) } else { 0 }
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
