//! A lock that its owner may acquire again, and a repository whose methods call each other: the reference solution.
//!
//! The owner and the depth are protected by one `Mutex`, which is held for a few instructions at a time, never
//! while a thread is in its critical section: the state records who holds the lock.

mod guarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

pub use guarded::{ReentrantGuard, ReentrantLock};

/// A thread has unlocked a lock that it does not hold. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the calling thread does not hold the lock")
    }
}

impl Error for NotOwner {}

/// The protocol of the lock: who owns it, and how often. It protects no data itself: see `ReentrantLock`.
#[derive(Debug, Default)]
pub struct RawReentrantLock {
    state: Mutex<State>,
    /// Threads other than the owner wait here. One is notified when the lock becomes free.
    free: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// `None`: the lock is free.
    owner: Option<ThreadId>,
    /// How often the owner has locked and not unlocked. Zero only if there is no owner.
    depth: usize,
}

impl State {
    fn admits(&self, thread: ThreadId) -> bool {
        self.owner.is_none_or(|owner| owner == thread)
    }

    fn enter(&mut self, thread: ThreadId) {
        self.owner = Some(thread);
        self.depth += 1;
    }
}

impl RawReentrantLock {
    /// An unlocked lock.
    pub fn new() -> Self {
        Self::default()
    }

    /// Acquires the lock: at once if this thread holds it already, otherwise it blocks while another thread does.
    pub fn lock(&self) {
        let me = thread::current().id();
        let mut state = self.state();
        // A loop: the wakeup may be spurious, or another thread may have been faster.
        while !state.admits(me) {
            state = self.free.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.enter(me);
    }

    /// Acquires the lock if no other thread holds it. Never blocks for long. A call that returns false has no
    /// effect.
    pub fn try_lock(&self) -> bool {
        let me = thread::current().id();
        // Contention for the inner mutex is no reason to refuse, so this waits for it: nobody holds it for long.
        let mut state = self.state();
        let admitted = state.admits(me);
        if admitted {
            state.enter(me);
        }
        admitted
    }

    /// Releases the lock once. It is free when its owner has unlocked it as often as it has locked it.
    ///
    /// # Errors
    ///
    /// If the calling thread does not hold the lock. Nothing changes in that case.
    pub fn unlock(&self) -> Result<(), NotOwner> {
        let mut state = self.state();
        if state.owner != Some(thread::current().id()) {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            // One is enough: any of them can use it, and only one can. If another thread is faster, it notifies
            // again when it leaves.
            self.free.notify_one();
        }
        Ok(())
    }

    /// How often the calling thread holds the lock. 0: it is not the owner.
    pub fn depth(&self) -> usize {
        let state = self.state();
        if state.owner == Some(thread::current().id()) { state.depth } else { 0 }
    }

    /// The state, even of a poisoned mutex: no foreign code runs in the critical sections.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A map that threads share, behind a `ReentrantLock`.
pub struct CachedRepository<V> {
    /// A guard of the lock lends `&T`, so what changes is in a `RefCell`. No borrow of it lives while foreign code
    /// runs.
    entries: ReentrantLock<RefCell<HashMap<String, V>>>,
}

impl<V: Clone> CachedRepository<V> {
    /// An empty repository.
    pub fn new() -> Self {
        Self { entries: ReentrantLock::new(RefCell::new(HashMap::new())) }
    }

    /// A clone of the value of `key`.
    pub fn get(&self, key: &str) -> Option<V> {
        self.entries.lock().borrow().get(key).cloned()
    }

    /// Stores `value` under `key`.
    pub fn set(&self, key: &str, value: V) {
        self.entries.lock().borrow_mut().insert(key.to_owned(), value);
    }

    /// A clone of the value of `key`, after `default` was stored there if there was none. One transaction.
    pub fn get_or_set(&self, key: &str, default: V) -> V {
        // Held from the look to the change. `get` and `set` lock again, at once.
        let _transaction = self.entries.lock();
        self.get(key).unwrap_or_else(|| {
            self.set(key, default.clone());
            default
        })
    }

    /// Runs `change` on a clone of the value of `key`, stores what it returns, and returns a clone of that. One
    /// transaction, in which `change` may call the repository: other threads see nothing before its end. What
    /// `change` returns is stored last.
    ///
    /// # Panics
    ///
    /// If `change` panics. The repository stays usable.
    pub fn update(&self, key: &str, change: impl FnOnce(Option<V>) -> V) -> V {
        // The guard unlocks at the end, also if `change` panics.
        let _transaction = self.entries.lock();
        // What `get` has borrowed it has given back: `change` may call everything.
        let value = change(self.get(key));
        self.set(key, value.clone());
        value
    }
}

impl<V: Clone> Default for CachedRepository<V> {
    fn default() -> Self {
        Self::new()
    }
}
