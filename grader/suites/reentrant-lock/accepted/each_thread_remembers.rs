//! Fixture: a thread remembers by the number of a lock how often it holds it.

mod guarded;

use std::error::Error;
use std::fmt;

pub use guarded::{ReentrantGuard, ReentrantLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the calling thread does not hold the lock")
    }
}

impl Error for NotOwner {}

use std::cell::RefCell as Cells;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

static MADE: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    /// How often this thread holds which lock.
    static HELD: Cells<HashMap<u64, usize>> = Cells::new(HashMap::new());
}

#[derive(Debug)]
pub struct RawReentrantLock {
    number: u64,
    taken: Mutex<bool>,
    free: Condvar,
}

impl Default for RawReentrantLock {
    fn default() -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed) as u64;
        Self { number, taken: Mutex::new(false), free: Condvar::new() }
    }
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    fn again(&self) -> bool {
        HELD.with_borrow_mut(|held| held.get_mut(&self.number).map(|depth| *depth += 1)).is_some()
    }

    fn first(&self) {
        HELD.with_borrow_mut(|held| held.insert(self.number, 1));
    }

    pub fn lock(&self) {
        if self.again() {
            return;
        }
        let taken = self.taken.lock().unwrap();
        *self.free.wait_while(taken, |taken| *taken).unwrap() = true;
        self.first();
    }

    pub fn try_lock(&self) -> bool {
        if self.again() {
            return true;
        }
        let mut taken = self.taken.lock().unwrap();
        if *taken {
            return false;
        }
        *taken = true;
        self.first();
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let left = HELD.with_borrow_mut(|held| {
            let depth = held.get_mut(&self.number)?;
            *depth -= 1;
            let left = *depth;
            if left == 0 {
                held.remove(&self.number);
            }
            Some(left)
        });
        if left.ok_or(NotOwner)? == 0 {
            *self.taken.lock().unwrap() = false;
            self.free.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        HELD.with_borrow(|held| held.get(&self.number).copied().unwrap_or(0))
    }
}

use std::cell::RefCell;
use std::collections::BTreeMap;

pub struct CachedRepository<V> {
    shelf: ReentrantLock<RefCell<BTreeMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { shelf: ReentrantLock::new(RefCell::new(BTreeMap::new())) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        let shelf = self.shelf.lock();
        let found = shelf.borrow().get(&name(key)).cloned();
        found
    }

    pub fn set(&self, key: &str, value: V) {
        let shelf = self.shelf.lock();
        // The old value is dropped when nothing is borrowed any more.
        let _old = shelf.borrow_mut().insert(name(key), value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        let _held = self.shelf.lock();
        match self.get(key) {
            Some(found) => found,
            None => {
                self.set(key, default.clone());
                default
            }
        }
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let _held = self.shelf.lock();
        let changed = change(self.get(key));
        self.set(key, changed.clone());
        changed
    }
}

impl<V: Clone> Default for CachedRepository<V> {
    fn default() -> Self {
        Self::new()
    }
}

fn name(key: &str) -> String {
    key.to_owned()
}
