//! The lock with data, as programs use it.

use std::cell::{Cell, RefCell};
use std::panic;
use std::sync::Arc;

use reentrant_lock::ReentrantLock;

use crate::instruments::{attempt, finish, with};

#[test]
fn guards_lock_and_unlock() {
    let lock = Arc::new(ReentrantLock::new(RefCell::new(vec![1])));
    let outer = ReentrantLock::lock(&lock);
    let inner = ReentrantLock::lock(&lock);
    inner.borrow_mut().push(2);
    let tried = ReentrantLock::try_lock(&lock).expect("`try_lock` of the owner was refused");
    outer.borrow_mut().push(3);
    assert_eq!(*tried.borrow(), [1, 2, 3], "the data through a third guard");
    let refused = |lock: &Arc<_>| {
        finish(with("other", lock, |lock: &ReentrantLock<_>| ReentrantLock::try_lock(lock).is_none()))
    };
    drop(outer);
    assert!(refused(&lock), "another thread got the lock before the last guard was dropped");
    drop(tried);
    assert!(refused(&lock), "another thread got the lock before the last guard was dropped");
    drop(inner);
    assert!(!refused(&lock), "another thread was refused after the last guard was dropped");
    assert_eq!(ReentrantLock::lock(&ReentrantLock::<Cell<u8>>::default()).get(), 0, "the default data");
}

#[test]
fn a_panic_releases_the_lock() {
    let lock = Arc::new(ReentrantLock::new(Cell::new(0)));
    let holder = with("holder", &lock, |lock| {
        let _outer = ReentrantLock::lock(lock);
        attempt(|| {
            let inner = ReentrantLock::lock(lock);
            inner.set(1);
            panic::resume_unwind(Box::new("of the check"));
        })
        .unwrap_or_else(|_| ReentrantLock::lock(lock).set(2));
        panic::resume_unwind(Box::new("of the check"));
    });
    let seen = ReentrantLock::lock(&lock).get();
    assert!([0, 2].contains(&seen), "{seen} was seen before the outermost unlock of a thread that panicked");
    assert!(holder.join().is_err());
    let guard = ReentrantLock::try_lock(&lock).expect("a thread that panicked still holds the lock");
    assert_eq!(guard.get(), 2, "what a thread wrote that panicked later");
}
