//! Fixture: the facts are behind a read-write lock, so that asking keeps nobody out.

mod guarded;

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::{self, Thread, ThreadId};

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
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    /// Whoever waits is here, more than once if it was woken for another reason.
    parked: Vec<Thread>,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        loop {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if state.enter() {
                return;
            }
            state.parked.push(thread::current());
            drop(state);
            thread::park();
        }
    }

    pub fn try_lock(&self) -> bool {
        self.state.write().unwrap_or_else(PoisonError::into_inner).enter()
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        if self.depth() == 0 {
            return Err(NotOwner);
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            // All of them look again.
            state.parked.drain(..).for_each(|thread| thread.unpark());
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.owner == Some(thread::current().id()) { state.depth } else { 0 }
    }
}

impl State {
    fn enter(&mut self) -> bool {
        let this = thread::current().id();
        let mine = *self.owner.get_or_insert(this) == this;
        self.depth += usize::from(mine);
        mine
    }
}

pub struct CachedRepository<V> {
    entries: ReentrantLock<Mutex<HashMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { entries: ReentrantLock::new(Mutex::new(HashMap::new())) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        let entries = self.entries.lock();
        let entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        let entries = self.entries.lock();
        entries.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), value);
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        let entries = self.entries.lock();
        let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.entry(key.to_owned()).or_insert(default).clone()
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let _transaction = self.entries.lock();
        let value = change(self.get(key));
        self.set(key, value.clone());
        value
    }
}
