//! A lock that its owner may acquire again, and a repository whose methods call each other.
//!
//! `RawReentrantLock` is the protocol. `guarded` protects data with it, and `CachedRepository` uses that. The
//! README explains the idea.

mod guarded;

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

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
    // Which thread holds the lock, how often, what protects these facts, and where do threads wait?
}

impl RawReentrantLock {
    /// An unlocked lock.
    pub fn new() -> Self {
        todo!("RawReentrantLock::new, an unlocked lock")
    }

    /// Acquires the lock: at once if this thread holds it already, otherwise it blocks while another thread does.
    pub fn lock(&self) {
        todo!("RawReentrantLock::lock, at once for the owner")
    }

    /// Acquires the lock if no other thread holds it or is queued for it. Never blocks. A call that returns false
    /// has no effect.
    pub fn try_lock(&self) -> bool {
        todo!("RawReentrantLock::try_lock, which never blocks")
    }

    /// Releases the lock once. It is free when its owner has unlocked it as often as it has locked it.
    ///
    /// # Errors
    ///
    /// If the calling thread does not hold the lock. Nothing changes in that case.
    pub fn unlock(&self) -> Result<(), NotOwner> {
        todo!("RawReentrantLock::unlock, which wakes a waiting thread when the lock is free")
    }

    /// How often the calling thread holds the lock. 0: it is not the owner.
    pub fn depth(&self) -> usize {
        todo!("RawReentrantLock::depth, of the calling thread")
    }
}

/// A map that threads share, behind a `ReentrantLock`.
pub struct CachedRepository<V> {
    // A map behind the given lock. Its guards lend `&T`: what lets you change a map through that?
    todo: PhantomData<V>,
}

impl<V: Clone> CachedRepository<V> {
    /// An empty repository.
    pub fn new() -> Self {
        todo!("CachedRepository::new")
    }

    /// A clone of the value of `key`.
    pub fn get(&self, _key: &str) -> Option<V> {
        todo!("CachedRepository::get")
    }

    /// Stores `value` under `key`.
    pub fn set(&self, _key: &str, _value: V) {
        todo!("CachedRepository::set")
    }

    /// A clone of the value of `key`, after `default` was stored there if there was none. One transaction.
    pub fn get_or_set(&self, _key: &str, _default: V) -> V {
        todo!("CachedRepository::get_or_set, one transaction")
    }

    /// Runs `change` on a clone of the value of `key`, stores what it returns, and returns a clone of that. One
    /// transaction, in which `change` may call the repository: other threads see nothing before its end. What
    /// `change` returns is stored last.
    ///
    /// # Panics
    ///
    /// If `change` panics. The repository stays usable.
    pub fn update(&self, _key: &str, _change: impl FnOnce(Option<V>) -> V) -> V {
        todo!("CachedRepository::update, one transaction in which `change` may call the repository")
    }
}

impl<V: Clone> Default for CachedRepository<V> {
    fn default() -> Self {
        Self::new()
    }
}
