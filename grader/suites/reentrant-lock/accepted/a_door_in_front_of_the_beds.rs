//! Fixture: whoever goes to sleep locks a door first, and the map is taken out of a cell.

mod guarded;

use std::cell::Cell;
use std::collections::BTreeMap;
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
    /// 0: the lock is free.
    owner: AtomicUsize,
    depth: AtomicUsize,
    /// Held by those who go to sleep, and for a moment by who leaves.
    door: Mutex<()>,
    free: Condvar,
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
        let mut door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.try_lock() {
            door = self.free.wait(door).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn try_lock(&self) -> bool {
        match self.owner.compare_exchange(0, me(), Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => self.depth.store(1, Ordering::Relaxed),
            Err(owner) if owner == me() => {
                self.depth.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => return false,
        }
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        if self.owner.load(Ordering::Relaxed) != me() {
            return Err(NotOwner);
        }
        if self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.owner.store(0, Ordering::Release);
            // Whoever has found the lock held is asleep when the door is free.
            drop(self.door.lock().unwrap_or_else(PoisonError::into_inner));
            self.free.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        if self.owner.load(Ordering::Relaxed) == me() { self.depth.load(Ordering::Relaxed) } else { 0 }
    }
}

/// The map is taken out for each access, and put back before anything of others runs.
pub struct CachedRepository<V> {
    entries: ReentrantLock<Cell<BTreeMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { entries: ReentrantLock::default() }
    }

    fn with<R>(&self, access: impl FnOnce(&mut BTreeMap<String, V>) -> R) -> R {
        let entries = self.entries.lock();
        let mut map = entries.take();
        let result = access(&mut map);
        entries.set(map);
        result
    }

    pub fn get(&self, key: &str) -> Option<V> {
        self.with(|map| map.get(key).cloned())
    }

    pub fn set(&self, key: &str, value: V) {
        self.with(|map| map.insert(key.to_owned(), value));
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        self.with(|map| map.entry(key.to_owned()).or_insert(default).clone())
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let transaction = self.entries.lock();
        let found = self.get(key);
        let value = change(found);
        self.with(|map| {
            map.remove(key);
            map.insert(key.to_owned(), value.clone())
        });
        drop(transaction);
        value
    }
}
