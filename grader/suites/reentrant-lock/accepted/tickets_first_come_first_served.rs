//! Fixture: tickets; a thread that tries does not overtake, and a change that panics is undone.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

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
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    /// The ticket that is drawn next.
    next: u64,
    /// The ticket whose turn it is. Nobody holds the lock or waits for it if it is the next one.
    called: u64,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let mut state = self.state();
        if state.is_mine() {
            state.depth += 1;
            return;
        }
        let ticket = state.next;
        state.next += 1;
        while state.called != ticket {
            state = self.called.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.enter();
    }

    pub fn try_lock(&self) -> bool {
        let mut state = self.state();
        if state.is_mine() {
            state.depth += 1;
            return true;
        }
        let is_free = state.called == state.next;
        if is_free {
            state.next += 1;
            state.enter();
        }
        is_free
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        if !state.is_mine() {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            state.called += 1;
            // Only one of them has the ticket, and which one is not known here.
            self.called.notify_all();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        let state = self.state();
        if state.is_mine() { state.depth } else { 0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_mine(&self) -> bool {
        self.owner == Some(thread::current().id())
    }

    fn enter(&mut self) {
        self.owner = Some(thread::current().id());
        self.depth = 1;
    }
}

/// Values are changed in place, and what was there before is noted: if `change` panics, it comes back.
pub struct CachedRepository<V> {
    entries: ReentrantLock<RefCell<Entries<V>>>,
}

struct Entries<V> {
    map: HashMap<String, V>,
    /// What was there before each change of the running transaction. Empty without one.
    undo: Vec<(String, Option<V>)>,
    /// How many updates are running, one inside of the other.
    updates: usize,
}

impl<V> Entries<V> {
    fn set(&mut self, key: &str, value: V) {
        let before = self.map.insert(key.to_owned(), value);
        if self.updates > 0 {
            self.undo.push((key.to_owned(), before));
        }
    }

    fn roll_back(&mut self, length: usize) {
        while self.undo.len() > length {
            match self.undo.pop() {
                Some((key, Some(value))) => self.map.insert(key, value),
                Some((key, None)) => self.map.remove(&key),
                None => None,
            };
        }
    }
}

/// Ends an update, with its panic or without.
struct Update<'a, V> {
    entries: &'a RefCell<Entries<V>>,
    length: usize,
    is_complete: bool,
}

impl<V> Drop for Update<'_, V> {
    fn drop(&mut self) {
        let mut entries = self.entries.borrow_mut();
        if !self.is_complete {
            entries.roll_back(self.length);
        }
        entries.updates -= 1;
        if entries.updates == 0 {
            entries.undo.clear();
        }
    }
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        let entries = Entries { map: HashMap::new(), undo: Vec::new(), updates: 0 };
        Self { entries: ReentrantLock::new(RefCell::new(entries)) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        self.entries.lock().borrow().map.get(key).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        self.entries.lock().borrow_mut().set(key, value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        let entries = self.entries.lock();
        let mut entries = entries.borrow_mut();
        match entries.map.get(key) {
            Some(value) => value.clone(),
            None => {
                entries.set(key, default.clone());
                default
            }
        }
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let entries = self.entries.lock();
        let length = entries.borrow().undo.len();
        entries.borrow_mut().updates += 1;
        let mut update = Update { entries: &entries, length, is_complete: false };
        let value = change(self.get(key));
        self.set(key, value.clone());
        update.is_complete = true;
        value
    }
}
