//! Fixture: who leaves makes the first in line the owner, which only has to notice.

mod guarded;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    /// Never without an owner.
    line: VecDeque<Thread>,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let this = thread::current();
        let mut state = self.state();
        if state.enter(this.id()) {
            return;
        }
        state.line.push_back(this.clone());
        while state.owner != Some(this.id()) {
            drop(state);
            thread::park();
            state = self.state();
        }
    }

    pub fn try_lock(&self) -> bool {
        self.state().enter(thread::current().id())
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        if state.owner != Some(thread::current().id()) {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth > 0 {
            return Ok(());
        }
        let next = state.line.pop_front();
        state.owner = next.as_ref().map(Thread::id);
        state.depth = usize::from(next.is_some());
        drop(state);
        if let Some(next) = next {
            next.unpark();
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

impl State {
    fn enter(&mut self, thread: ThreadId) -> bool {
        let owner = *self.owner.get_or_insert(thread);
        self.depth += usize::from(owner == thread);
        owner == thread
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
