//! Fixture: releases are counted, and a thread waits until there has been another one; it is known by what it alone owns.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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
    released: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<Arc<()>>,
    depth: usize,
    releases: u64,
}

thread_local! {
    static ME: Arc<()> = Arc::new(());
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let mut state = self.state();
        while !state.enter() {
            let seen = state.releases;
            let as_before = |state: &mut State| state.releases == seen;
            state = self.released.wait_while(state, as_before).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn try_lock(&self) -> bool {
        self.state().enter()
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        if !state.is_mine() {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            state.releases += 1;
            drop(state);
            self.released.notify_all();
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
        self.owner.as_ref().is_some_and(|owner| ME.with(|me| Arc::ptr_eq(owner, me)))
    }

    fn enter(&mut self) -> bool {
        let may_enter = self.owner.is_none() || self.is_mine();
        if may_enter {
            self.owner = Some(ME.with(Arc::clone));
            self.depth += 1;
        }
        may_enter
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
