//! Fixture: an ordinary mutex whose guard the owner keeps in a thread-local, with the depth.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

pub use guarded::{ReentrantGuard, ReentrantLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the owner")
    }
}

impl Error for NotOwner {}

/// The mutex lives as long as the program, so that its guard can be kept anywhere.
#[derive(Debug)]
pub struct RawReentrantLock {
    mutex: &'static Mutex<()>,
}

/// A lock that this thread holds, and how often.
struct Held {
    mutex: &'static Mutex<()>,
    depth: usize,
    _guard: MutexGuard<'static, ()>,
}

thread_local! {
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self { mutex: Box::leak(Box::new(Mutex::new(()))) }
    }

    pub fn lock(&self) {
        if !self.comes_again() {
            let guard = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
            self.keep(guard);
        }
    }

    pub fn try_lock(&self) -> bool {
        if self.comes_again() {
            return true;
        }
        match self.mutex.try_lock() {
            Ok(guard) => self.keep(guard),
            Err(TryLockError::Poisoned(poisoned)) => self.keep(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => return false,
        }
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        HELD.with_borrow_mut(|held| {
            let index = held.iter().position(|held| self.is(held)).ok_or(NotOwner)?;
            held[index].depth -= 1;
            if held[index].depth == 0 {
                // With it the guard is dropped.
                held.swap_remove(index);
            }
            Ok(())
        })
    }

    pub fn depth(&self) -> usize {
        HELD.with_borrow(|held| held.iter().find(|held| self.is(held)).map_or(0, |held| held.depth))
    }

    fn comes_again(&self) -> bool {
        HELD.with_borrow_mut(|held| {
            let held = held.iter_mut().find(|held| self.is(held));
            held.map(|held| held.depth += 1).is_some()
        })
    }

    fn keep(&self, guard: MutexGuard<'static, ()>) {
        HELD.with_borrow_mut(|held| held.push(Held { mutex: self.mutex, depth: 1, _guard: guard }));
    }

    fn is(&self, held: &Held) -> bool {
        std::ptr::eq(self.mutex, held.mutex)
    }
}

impl Default for RawReentrantLock {
    fn default() -> Self {
        Self::new()
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
