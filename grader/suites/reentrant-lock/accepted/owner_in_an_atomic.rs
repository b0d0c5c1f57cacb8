//! Fixture: an ordinary lock, and beside it an owner and a depth that only the owner writes.

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

/// Whoever reads its own number as the owner has written it itself, and nobody else has overwritten it since: relaxed
/// is enough.
#[derive(Debug, Default)]
pub struct RawReentrantLock {
    held: Mutex<bool>,
    free: Condvar,
    owner: AtomicUsize,
    depth: AtomicUsize,
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
        if self.comes_again() {
            return;
        }
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = self.free.wait_while(held, |held| *held).unwrap_or_else(PoisonError::into_inner);
        *held = true;
        drop(held);
        self.owner.store(me(), Ordering::Relaxed);
        self.depth.store(1, Ordering::Relaxed);
    }

    pub fn try_lock(&self) -> bool {
        if self.comes_again() {
            return true;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if *held {
            return false;
        }
        *held = true;
        drop(held);
        self.owner.store(me(), Ordering::Relaxed);
        self.depth.store(1, Ordering::Relaxed);
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let left = self.depth().checked_sub(1).ok_or(NotOwner)?;
        self.depth.store(left, Ordering::Relaxed);
        if left == 0 {
            self.owner.store(0, Ordering::Relaxed);
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = false;
            self.free.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        if self.owner.load(Ordering::Relaxed) == me() { self.depth.load(Ordering::Relaxed) } else { 0 }
    }

    fn comes_again(&self) -> bool {
        let mine = self.owner.load(Ordering::Relaxed) == me();
        if mine {
            self.depth.fetch_add(1, Ordering::Relaxed);
        }
        mine
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
