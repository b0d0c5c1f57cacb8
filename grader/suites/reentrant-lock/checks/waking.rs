//! A thread that waits is woken by the outermost unlock, and by nothing else.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use harness::model::{choose, lateness};
use harness::until_others_wait;
use reentrant_lock::RawReentrantLock;

use crate::instruments::{Room, finish, hold, is_free, try_hold, with};

#[test]
fn the_outermost_unlock_wakes_a_waiter() {
    let lock = Arc::new(RawReentrantLock::new());
    finish(hold(&lock, 2, || with("waiter", &lock, |lock| hold(lock, 1, || ()))));
    is_free(&lock);
}

/// So many threads wait when this returns.
fn waiters(lock: &Arc<RawReentrantLock>, number: usize) -> Vec<JoinHandle<()>> {
    let waiters = (0..number).map(|_| with("waiter", lock, |lock| hold(lock, 1, || ()))).collect();
    until_others_wait();
    waiters
}

#[test]
fn two_waiters_wake_each_other() {
    let lock = Arc::new(RawReentrantLock::new());
    hold(&lock, 1, || waiters(&lock, 2)).into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn three_waiters_wake_each_other() {
    let lock = Arc::new(RawReentrantLock::new());
    hold(&lock, 1, || waiters(&lock, 3)).into_iter().for_each(finish);
    is_free(&lock);
}

/// Another thread is faster than the one that was woken, and must wake it again.
#[test]
fn a_thread_that_barges_in_wakes_those_still_waiting() {
    let lock = Arc::new(RawReentrantLock::new());
    let waiters = hold(&lock, 1, || waiters(&lock, 2));
    hold(&lock, 1, || ());
    waiters.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn an_unlock_after_a_try_wakes_a_waiter() {
    let lock = Arc::new(RawReentrantLock::new());
    let trier = with("trier", &lock, |lock| try_hold(lock, || ()));
    let waiter = with("waiter", &lock, |lock| hold(lock, 1, || ()));
    try_hold(&lock, || try_hold(&lock, || ()));
    finish(trier);
    finish(waiter);
    is_free(&lock);
}

/// An `unlock` that is refused must not take the place of the one that frees the lock.
#[test]
fn a_refused_unlock_loses_no_wakeup() {
    let lock = Arc::new(RawReentrantLock::new());
    let (waiter, other) = hold(&lock, 2, || {
        let waiter = with("waiter", &lock, |lock| hold(lock, 1, || ()));
        (waiter, with("other", &lock, |lock| RawReentrantLock::unlock(lock)))
    });
    assert!(finish(other).is_err(), "`unlock` of a thread that is not the owner succeeded");
    finish(waiter);
    is_free(&lock);
}

/// A thread may have been unparked before it ever waited: it must check the state again, and go on waiting.
#[test]
fn being_unparked_is_no_admission() {
    let room = Room::new();
    let (met, waiter) = hold(&room.lock, 2, || {
        let waiter = with("waiter", &room, |room| {
            thread::current().unpark();
            room.visit(1);
        });
        (room.meets_another(thread::yield_now), waiter)
    });
    finish(waiter);
    assert!(!met, "two threads held the lock at the same time");
    is_free(&room.lock);
}

/// Two locks, and behind each a thread that waits for it. With so many others made in between: what is shared by some of
/// all locks, by their number, comes back there.
#[test]
fn a_wakeup_is_for_those_who_wait_for_the_same_lock() {
    let between = [0, 63][choose(2)];
    let one = Arc::new(RawReentrantLock::new());
    let _between: Vec<_> = (0..between).map(|_| RawReentrantLock::new()).collect();
    let other = Arc::new(RawReentrantLock::new());
    let waiter = hold(&other, 1, || {
        let waiter = with("waiter of the other", &other, |lock| hold(lock, 1, || ()));
        finish(hold(&one, 2, || with("waiter", &one, |lock| hold(lock, 1, || ()))));
        waiter
    });
    finish(waiter);
    is_free(&one);
    is_free(&other);
}

/// The virtual clock of a thread advances only when one of its timed waits expires, or when a thread is slow.
#[test]
fn a_waiter_is_woken_and_does_not_poll() {
    let lock = Arc::new(RawReentrantLock::new());
    let waiter = hold(&lock, 2, || {
        with("waiter", &lock, |lock| {
            let called = Instant::now();
            hold(lock, 1, || ());
            called.elapsed()
        })
    });
    let took = finish(waiter);
    assert!(took <= lateness(), "timed waits took {took:?}: a notification must end the wait");
}

#[test]
fn trying_does_not_wait() {
    let lock = Arc::new(RawReentrantLock::new());
    let trier = hold(&lock, 1, || {
        let trier = with("trier", &lock, |lock| {
            let called = Instant::now();
            let got_it = try_hold(lock, || ()).is_some();
            (got_it, called.elapsed())
        });
        finish(trier)
    });
    assert!(!trier.0, "`try_lock` beside the owner succeeded");
    assert!(trier.1 <= lateness(), "`try_lock` waited for {:?}", trier.1);
}

/// With another thread that waits, too: `try_lock` returns although the lock is not free.
#[test]
fn trying_returns_while_others_wait() {
    let lock = Arc::new(RawReentrantLock::new());
    let waiter = hold(&lock, 1, || {
        let waiter = with("waiter", &lock, |lock| hold(lock, 1, || ()));
        let refused = finish(with("trier", &lock, |lock| {
            (try_hold(lock, || ()), RawReentrantLock::unlock(lock).is_err(), RawReentrantLock::depth(lock))
        }));
        assert_eq!(refused, (None, true, 0), "for a thread that is not the owner");
        waiter
    });
    finish(waiter);
    is_free(&lock);
}
