//! Fixture: two condition variables: the next one waits in front, all others behind it.

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
    front: Condvar,
    behind: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    /// A thread is in front: it is the next one.
    is_taken: bool,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let this = thread::current().id();
        let mut state = self.state();
        if state.owner == Some(this) {
            state.depth += 1;
            return;
        }
        while state.is_taken {
            state = self.behind.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_taken = true;
        while state.owner.is_some() {
            state = self.front.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_taken = false;
        state.owner = Some(this);
        state.depth = 1;
        self.behind.notify_one();
    }

    pub fn try_lock(&self) -> bool {
        let this = thread::current().id();
        let mut state = self.state();
        if state.owner.is_none() && !state.is_taken {
            state.owner = Some(this);
        }
        let mine = state.owner == Some(this);
        state.depth += usize::from(mine);
        mine
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        if state.owner != Some(thread::current().id()) {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            self.front.notify_one();
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        let state = self.state();
        if state.owner == Some(thread::current().id()) { state.depth } else { 0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
