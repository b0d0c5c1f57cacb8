//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;

use harness::stress::{rest, until_others_sleep};
use reentrant_lock::{CachedRepository, RawReentrantLock};

use crate::instruments::{finish, hold, try_hold, unlock, with};

/// More than there are places where places are few.
const MANY: usize = 40;

/// Threads that wait for what the caller holds; they have all begun when this returns.
fn waiters<T: Send + Sync + 'static>(shared: &Arc<T>, count: usize, visit: fn(&T)) -> Vec<JoinHandle<()>> {
    let started = Arc::new(Barrier::new(count + 1));
    let waiter = |_| {
        let started = Arc::clone(&started);
        with("waiter", shared, move |shared| {
            started.wait();
            visit(shared);
        })
    };
    let waiters = (0..count).map(waiter).collect();
    started.wait();
    waiters
}

/// How the caller comes in, and how many wait for it: for each way another lock.
const HELD: [(fn(&RawReentrantLock), usize); 3] = [
    (RawReentrantLock::lock, 3),
    (RawReentrantLock::lock, MANY),
    (|lock| assert!(RawReentrantLock::try_lock(lock), "`try_lock` of a free lock was refused"), 3),
];

#[test]
fn threads_that_wait_for_the_lock_sleep() {
    let mut waiting = Vec::new();
    let locks = HELD.map(|(come_in, count)| {
        let lock = Arc::new(RawReentrantLock::new());
        (0..2).for_each(|_| come_in(&lock));
        waiting.extend(waiters(&lock, count, |lock| hold(lock, 2, || ())));
        lock
    });
    until_others_sleep();
    // Nothing of this lets anybody in.
    for lock in &locks {
        try_hold(lock, || hold(lock, 2, || ()));
    }
    let rest = rest();
    for lock in &locks {
        (0..2).for_each(|_| unlock(lock));
    }
    // The threads are joined before the verdict, so that a failure leaves none behind.
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited for the lock");
}

#[test]
fn threads_that_wait_for_a_transaction_sleep() {
    let repository = Arc::new(CachedRepository::new());
    let mut seen = None;
    CachedRepository::update(&repository, "a", |_| {
        let waiting = waiters(&repository, MANY, |repository| {
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
    let found = CachedRepository::get(&repository, "a");
    assert_eq!(found, Some(7 + MANY), "the value after {MANY} more updates");
}
