//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p reentrant-lock`.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

use reentrant_lock::{CachedRepository, NotOwner, RawReentrantLock, ReentrantLock};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

#[test]
fn the_owner_comes_again_and_is_counted() {
    for lock in [RawReentrantLock::new(), RawReentrantLock::default()] {
        assert_eq!(lock.depth(), 0);
        lock.lock();
        lock.lock();
        assert!(lock.try_lock(), "the owner may always come again");
        assert_eq!(lock.depth(), 3);
        for left in [2, 1, 0] {
            assert_eq!(lock.unlock(), Ok(()));
            assert_eq!(lock.depth(), left);
        }
        assert_eq!(lock.unlock(), Err(NotOwner));
    }
}

#[test]
fn another_thread_is_refused_until_the_outermost_unlock() {
    let lock = Arc::new(RawReentrantLock::new());
    let ask = |lock: &Arc<RawReentrantLock>| {
        let theirs = Arc::clone(lock);
        let other = thread::spawn(move || {
            let seen = (theirs.try_lock(), theirs.depth());
            assert_eq!(theirs.unlock().is_ok(), seen.0, "only the owner unlocks");
            seen
        });
        other.join().expect("no thread panics")
    };
    lock.lock();
    lock.lock();
    assert_eq!(ask(&lock), (false, 0));
    assert_eq!(lock.unlock(), Ok(()));
    assert_eq!(ask(&lock), (false, 0));
    assert_eq!(lock.unlock(), Ok(()));
    assert_eq!(ask(&lock), (true, 1));
}

#[test]
fn the_outermost_unlock_wakes_a_waiter() {
    let lock = Arc::new(ReentrantLock::new(Cell::new(0)));
    let outer = lock.lock();
    let theirs = Arc::clone(&lock);
    let waiter = thread::spawn(move || {
        let guard = theirs.lock();
        guard.set(guard.get() + 1);
    });
    let inner = lock.lock();
    inner.set(inner.get() + 1);
    drop(inner);
    drop(outer);
    waiter.join().expect("the waiter does not panic");
    assert_eq!(lock.lock().get(), 2);
}

#[test]
fn a_repository_stores_values_under_keys() {
    let repository = CachedRepository::new();
    assert_eq!(repository.get("tea"), None);
    repository.set("tea", 3);
    assert_eq!(repository.get("tea"), Some(3));
    assert_eq!(repository.get_or_set("tea", 7), 3);
    assert_eq!(repository.get_or_set("milk", 7), 7);
    assert_eq!(repository.update("milk", |found| found.map_or(0, |milk| milk + 1)), 8);
    assert_eq!((repository.get("tea"), repository.get("milk")), (Some(3), Some(8)));
}

#[test]
fn a_change_may_call_the_repository() {
    let repository = CachedRepository::new();
    repository.set("tea", 3);
    let stored = repository.update("tea", |found| {
        repository.set("tea", 100);
        let milk = repository.update("milk", |_| repository.get_or_set("sugar", 20));
        found.unwrap_or(0) + milk
    });
    assert_eq!((stored, repository.get("tea")), (23, Some(23)), "what it returns is stored last");
    assert_eq!((repository.get("milk"), repository.get("sugar")), (Some(20), Some(20)));
}

#[test]
fn two_updates_lose_nothing() {
    let repository = Arc::new(CachedRepository::new());
    let theirs = Arc::clone(&repository);
    let other = thread::spawn(move || theirs.update("tea", |found| found.unwrap_or(0) + 1));
    repository.update("tea", |found| found.unwrap_or(0) + 1);
    other.join().expect("no thread panics");
    assert_eq!(repository.get("tea"), Some(2));
}

#[test]
fn after_a_panic_of_change_the_repository_is_usable() {
    let repository = Arc::new(CachedRepository::new());
    let update = || repository.update("tea", |_: Option<i32>| panic!("this test makes `change` panic"));
    assert!(panic::catch_unwind(AssertUnwindSafe(update)).is_err());
    let theirs = Arc::clone(&repository);
    let other = thread::spawn(move || theirs.set("tea", 5));
    other.join().expect("the lock is free");
    assert_eq!(repository.get("tea"), Some(5));
}
