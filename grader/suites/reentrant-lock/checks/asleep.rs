//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;

use harness::stress::{rest, until_others_sleep};
use reentrant_lock::{CachedRepository, RawReentrantLock};

use crate::instruments::{finish, hold, try_hold, with};

const WAITERS: usize = 3;

/// Threads that wait for what the caller holds; they have all begun when this returns.
fn waiters<T: Send + Sync + 'static>(shared: &Arc<T>, visit: fn(&T)) -> [JoinHandle<()>; WAITERS] {
    let started = Arc::new(Barrier::new(WAITERS + 1));
    let waiters = [(); WAITERS].map(|()| {
        let started = Arc::clone(&started);
        with("waiter", shared, move |shared| {
            started.wait();
            visit(shared);
        })
    });
    started.wait();
    waiters
}

#[test]
fn threads_that_wait_for_the_lock_sleep() {
    let lock = Arc::new(RawReentrantLock::new());
    let (rest, waiting) = hold(&lock, 2, || {
        let waiting = waiters(&lock, |lock| hold(lock, 2, || ()));
        until_others_sleep();
        // Nothing of this lets anybody in.
        try_hold(&lock, || hold(&lock, 2, || ()));
        (rest(), waiting)
    });
    // The threads are joined before the verdict, so that a failure leaves none behind.
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited for the lock");
}

#[test]
fn threads_that_wait_for_a_transaction_sleep() {
    let repository = Arc::new(CachedRepository::new());
    let mut seen = None;
    CachedRepository::update(&repository, "a", |_| {
        let waiting = waiters(&repository, |repository| {
            CachedRepository::update(repository, "a", |found| found.unwrap_or(0) + 1);
            CachedRepository::get(repository, "b");
        });
        until_others_sleep();
        CachedRepository::set(&repository, "b", 1);
        seen = Some((rest(), waiting));
        7
    });
    let (rest, waiting) = seen.expect("`change` is called");
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited for a transaction");
    assert_eq!(CachedRepository::get(&repository, "a"), Some(10), "the value after three more updates");
}
