//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harness::stress::{Rest, rest, until_others_sleep};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{a_writer_waits, finish, read, try_read, try_write, with, write};

/// A few, and more than there are places where places are few.
const WAITERS: [usize; 2] = [3, 40];

/// Threads that wait, while the caller holds the lock; they have all begun when this returns.
fn waiters(lock: &Arc<RawReadWriteLock>, count: usize, visit: fn(&RawReadWriteLock)) -> Vec<JoinHandle<()>> {
    let started = Arc::new(Barrier::new(count + 1));
    let waiter = |_| {
        let started = Arc::clone(&started);
        with("waiter", lock, move |lock| {
            started.wait();
            visit(lock);
        })
    };
    let waiters = (0..count).map(waiter).collect();
    started.wait();
    waiters
}

/// What all other threads do while `lock` is held. Nothing happens for which they wait; before, a writer and
/// a reader try to get in.
fn others(lock: &RawReadWriteLock) -> Rest {
    until_others_sleep();
    try_write(lock, || ());
    try_read(lock, || ());
    rest()
}

/// The threads are joined before the verdict, so that a failure leaves none behind.
fn is_well(rest: Rest, waiting: impl IntoIterator<Item = JoinHandle<()>>) {
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited");
}

#[test]
fn readers_that_wait_for_a_writer_sleep() {
    for count in WAITERS {
        let lock = Arc::new(RawReadWriteLock::new());
        let (rest, waiting) = write(&lock, || {
            let waiting = waiters(&lock, count, |lock| read(lock, || ()));
            (others(&lock), waiting)
        });
        is_well(rest, waiting);
    }
}

#[test]
fn writers_that_wait_for_a_writer_sleep() {
    for count in WAITERS {
        let lock = Arc::new(RawReadWriteLock::new());
        let (rest, waiting) = write(&lock, || {
            let waiting = waiters(&lock, count, |lock| write(lock, || ()));
            (others(&lock), waiting)
        });
        is_well(rest, waiting);
    }
}

#[test]
fn writers_that_wait_for_a_reader_sleep() {
    for count in WAITERS {
        let lock = Arc::new(RawReadWriteLock::new());
        lock.lock_shared();
        let (rest, waiting) = read(&lock, || {
            let waiting = waiters(&lock, count, |lock| write(lock, || ()));
            until_others_sleep();
            // One of two readers leaves, which lets no writer in.
            lock.unlock_shared();
            (others(&lock), waiting)
        });
        is_well(rest, waiting);
    }
}

#[test]
fn readers_that_wait_behind_a_writer_sleep() {
    for count in WAITERS {
        /// A thousandth of a second each.
        const PATIENCE: usize = 1_000;
        let lock = Arc::new(RawReadWriteLock::new());
        let (rest, waiting) = read(&lock, || {
            let writer = with("writer", &lock, |lock| write(lock, || ()));
            // If it is never seen to wait, the readers come in and none waits behind it: that is for other
            // checks to judge.
            (0..PATIENCE).find(|_| {
                thread::sleep(Duration::from_millis(1));
                a_writer_waits(&lock)
            });
            let readers = waiters(&lock, count, |lock| read(lock, || ()));
            (others(&lock), readers.into_iter().chain([writer]))
        });
        is_well(rest, waiting);
    }
}
