//! Fixture: each waiter sleeps at a condition variable of its own, and changes are made in layers.

mod guarded;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    /// The oldest one first. Whoever is woken is not in it any more.
    waiting: VecDeque<Arc<Condvar>>,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let this = thread::current().id();
        let mut state = self.state();
        if state.enter(this) {
            return;
        }
        let bell = Arc::new(Condvar::new());
        while !state.enter(this) {
            // After a spurious wakeup it is still there.
            if !state.waiting.iter().any(|other| Arc::ptr_eq(other, &bell)) {
                state.waiting.push_back(Arc::clone(&bell));
            }
            state = bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.retain(|other| !Arc::ptr_eq(other, &bell));
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
        if state.depth == 0 {
            state.owner = None;
            if let Some(bell) = state.waiting.pop_front() {
                bell.notify_one();
            }
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
        if self.owner.is_some_and(|owner| owner != thread) {
            return false;
        }
        self.owner = Some(thread);
        self.depth += 1;
        true
    }
}

/// Each update writes into a layer of its own. At its end, the layer is laid over the one below; a panic throws it away.
pub struct CachedRepository<V> {
    layers: ReentrantLock<RefCell<Vec<HashMap<String, V>>>>,
}

/// The layer of an update that runs: unless it is laid over the one below, it is thrown away.
struct Layer<'a, V>(&'a RefCell<Vec<HashMap<String, V>>>);

impl<V> Layer<'_, V> {
    fn lay_down(self) {
        let mut layers = self.0.borrow_mut();
        let top = layers.pop().unwrap_or_default();
        if let Some(below) = layers.last_mut() {
            below.extend(top);
        }
        drop(layers);
        mem::forget(self);
    }
}

impl<V> Drop for Layer<'_, V> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

impl<V: Clone> CachedRepository<V> {
    pub fn new() -> Self {
        Self { layers: ReentrantLock::new(RefCell::new(vec![HashMap::new()])) }
    }

    pub fn get(&self, key: &str) -> Option<V> {
        let layers = self.layers.lock();
        let layers = layers.borrow();
        layers.iter().rev().find_map(|layer| layer.get(key)).cloned()
    }

    pub fn set(&self, key: &str, value: V) {
        let layers = self.layers.lock();
        if let Some(top) = layers.borrow_mut().last_mut() {
            top.insert(key.to_owned(), value);
        }
    }

    pub fn get_or_set(&self, key: &str, default: V) -> V {
        let _transaction = self.layers.lock();
        let value = self.get(key).unwrap_or(default);
        self.set(key, value.clone());
        value
    }

    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        let layers = self.layers.lock();
        let found = self.get(key);
        layers.borrow_mut().push(HashMap::new());
        let layer = Layer(&layers);
        let value = change(found);
        self.set(key, value.clone());
        layer.lay_down();
        value
    }
}
