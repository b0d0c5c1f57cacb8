//! Fixture: each thread knows itself what it holds, and what a transaction has done is published at its end.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub use guarded::{ReentrantGuard, ReentrantLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the owner")
    }
}

impl Error for NotOwner {}

#[derive(Debug)]
pub struct RawReentrantLock {
    id: u64,
    is_held: Mutex<bool>,
    free: Condvar,
}

static LOCKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// How often this thread holds which lock: never zero times.
    static DEPTHS: RefCell<HashMap<u64, usize>> = RefCell::new(HashMap::new());
}

impl RawReentrantLock {
    pub fn new() -> Self {
        let id = LOCKS.fetch_add(1, Ordering::Relaxed);
        Self { id, is_held: Mutex::new(false), free: Condvar::new() }
    }

    pub fn lock(&self) {
        if self.depth() == 0 {
            let mut is_held = lock(&self.is_held);
            while *is_held {
                is_held = self.free.wait(is_held).unwrap_or_else(PoisonError::into_inner);
            }
            *is_held = true;
        }
        self.enter();
    }

    pub fn try_lock(&self) -> bool {
        let is_in = self.depth() > 0 || !std::mem::replace(&mut *lock(&self.is_held), true);
        if is_in {
            self.enter();
        }
        is_in
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let left = DEPTHS.with_borrow_mut(|depths| {
            let depth = depths.get_mut(&self.id).ok_or(NotOwner)?;
            *depth -= 1;
            let left = *depth;
            if left == 0 {
                depths.remove(&self.id);
            }
            Ok(left)
        })?;
        if left == 0 {
            *lock(&self.is_held) = false;
            self.free.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        DEPTHS.with_borrow(|depths| depths.get(&self.id).copied().unwrap_or(0))
    }

    fn enter(&self) {
        DEPTHS.with_borrow_mut(|depths| *depths.entry(self.id).or_insert(0) += 1);
    }
}

impl Default for RawReentrantLock {
    fn default() -> Self {
        Self::new()
    }
}

/// Transactions work on a map of their own, which is published when the outermost one has ended. Reading outside of a
/// transaction does not wait for one.
pub struct CachedRepository<V> {
    transaction: RawReentrantLock,
    working: Mutex<Arc<HashMap<String, V>>>,
    published: Mutex<Arc<HashMap<String, V>>>,
}

/// Ends a transaction, with its panic or without.
struct Transaction<'a, V>(&'a CachedRepository<V>);

impl<V> Drop for Transaction<'_, V> {
    fn drop(&mut self) {
        if self.0.transaction.depth() == 1 {
            let working = Arc::clone(&lock(&self.0.working));
            *lock(&self.0.published) = working;
        }
        let _ = self.0.transaction.unlock();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        let empty = Arc::new(HashMap::new());
        let working = Mutex::new(Arc::clone(&empty));
        Self { transaction: RawReentrantLock::new(), working, published: Mutex::new(empty) }
    }

    fn transaction(&self) -> Transaction<'_, V> {
        self.transaction.lock();
        Transaction(self)
    }

    pub fn get(&self, key: &str) -> Option<V> {
        let map = if self.transaction.depth() > 0 { &self.working } else { &self.published };
        let map = Arc::clone(&lock(map));
        map.get(key).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        let _transaction = self.transaction();
        Arc::make_mut(&mut *lock(&self.working)).insert(key.to_owned(), value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        let _transaction = self.transaction();
        self.get(key).unwrap_or_else(|| {
            self.set(key, default.clone());
            default
        })
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let _transaction = self.transaction();
        let value = change(self.get(key));
        self.set(key, value.clone());
        value
    }
}
