//! Fixture: a waiter sleeps until a number of 64 bits is another one, which grows with each release.

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

use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

#[derive(Debug, Default)]
pub struct RawReentrantLock {
    held: Mutex<Held>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    by: Option<(ThreadId, usize)>,
    releases: u64,
}

impl Held {
    fn come(&mut self, me: ThreadId) -> bool {
        match &mut self.by {
            None => self.by = Some((me, 1)),
            Some((owner, depth)) if *owner == me => *depth += 1,
            _ => return false,
        }
        true
    }
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let me = thread::current().id();
        let mut held = self.held.lock().unwrap();
        while !held.come(me) {
            let seen = held.releases;
            while held.releases == seen {
                held = self.left.wait(held).unwrap();
            }
        }
    }

    pub fn try_lock(&self) -> bool {
        self.held.lock().unwrap().come(thread::current().id())
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut held = self.held.lock().unwrap();
        match &mut held.by {
            Some((owner, depth)) if *owner == thread::current().id() => {
                *depth -= 1;
                if *depth > 0 {
                    return Ok(());
                }
            }
            _ => return Err(NotOwner),
        }
        held.by = None;
        held.releases = held.releases.wrapping_add(1);
        self.left.notify_all();
        Ok(())
    }

    pub fn depth(&self) -> usize {
        match self.held.lock().unwrap().by {
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
