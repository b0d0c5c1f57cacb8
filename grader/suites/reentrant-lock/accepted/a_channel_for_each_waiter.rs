//! Fixture: each waiter is woken by a channel of its own, and is the owner then.

mod guarded;

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// The owner and how often it has locked.
    held: Option<(ThreadId, usize)>,
    waiting: VecDeque<(ThreadId, Sender<()>)>,
}

impl RawReentrantLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn lock(&self) {
        let mut state = self.state();
        if state.enter() {
            return;
        }
        let (hand_over, mine_now) = mpsc::channel();
        state.waiting.push_back((thread::current().id(), hand_over));
        drop(state);
        // It is kept in the list until it is used, so this ends with a message.
        let _ = mine_now.recv();
    }

    pub fn try_lock(&self) -> bool {
        self.state().enter()
    }

    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        match &mut state.held {
            Some((owner, depth)) if *owner == thread::current().id() => {
                *depth -= 1;
                if *depth > 0 {
                    return Ok(());
                }
            }
            _ => return Err(NotOwner),
        }
        let next = state.waiting.pop_front();
        state.held = next.as_ref().map(|(thread, _)| (*thread, 1));
        if let Some((_, hand_over)) = next {
            let _ = hand_over.send(());
        }
        Ok(())
    }

    pub fn depth(&self) -> usize {
        let held = self.state().held;
        held.filter(|(owner, _)| *owner == thread::current().id()).map_or(0, |(_, depth)| depth)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self) -> bool {
        let this = thread::current().id();
        let (owner, depth) = self.held.get_or_insert((this, 0));
        let mine = *owner == this;
        if mine {
            *depth += 1;
        }
        mine
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
