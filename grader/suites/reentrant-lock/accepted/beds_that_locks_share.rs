//! Fixture: locks share sixty-four beds to sleep in, and all who sleep there are notified.

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

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

const BEDS: usize = 64;
static MADE: AtomicUsize = AtomicUsize::new(0);
static BEDS_OF_ALL: [(Mutex<()>, Condvar); BEDS] = [const { (Mutex::new(()), Condvar::new()) }; BEDS];

#[derive(Debug)]
pub struct RawReentrantLock {
    bed: usize,
    facts: Mutex<Option<(ThreadId, usize)>>,
}

impl Default for RawReentrantLock {
    fn default() -> Self {
        Self { bed: MADE.fetch_add(1, Ordering::Relaxed) % BEDS, facts: Mutex::new(None) }
    }
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let (mutex, bed) = &BEDS_OF_ALL[self.bed];
        let mut asleep = mutex.lock().unwrap();
        while !self.try_lock() {
            asleep = bed.wait(asleep).unwrap();
        }
    }

    pub fn try_lock(&self) -> bool {
        let me = thread::current().id();
        let mut facts = self.facts.lock().unwrap();
        let depth = match *facts {
            None => 0,
            Some((owner, depth)) if owner == me => depth,
            Some(_) => return false,
        };
        *facts = Some((me, depth + 1));
        true
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let me = thread::current().id();
        let mut facts = self.facts.lock().unwrap();
        match *facts {
            Some((owner, 1)) if owner == me => *facts = None,
            Some((owner, depth)) if owner == me => {
                *facts = Some((me, depth - 1));
                return Ok(());
            }
            _ => return Err(NotOwner),
        }
        drop(facts);
        let (mutex, bed) = &BEDS_OF_ALL[self.bed];
        drop(mutex.lock().unwrap());
        bed.notify_all();
        Ok(())
    }

    pub fn depth(&self) -> usize {
        match *self.facts.lock().unwrap() {
            Some((owner, depth)) if owner == thread::current().id() => depth,
            _ => 0,
        }
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
