//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harness::stress::{rest, until_others_sleep};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{a_writer_waits, finish, read, try_read, try_write, with, write};

/// A few for one lock, and for another one more than there are places where places are few.
const WAITERS: [usize; 2] = [3, 40];

/// Threads that wait, while the caller holds the lock; all of them have begun when this returns.
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

/// Keeps threads waiting for a while, some for one lock and some for another, and looks at what they do meanwhile. The caller
/// holds each lock, has it `waited` for, and goes through `meanwhile`, before which all of them sleep. The threads are joined
/// before the verdict, so that a failure leaves none behind.
fn waiters_sleep(
    [hold, meanwhile, release]: [fn(&RawReadWriteLock); 3],
    waited: fn(&Arc<RawReadWriteLock>, usize) -> Vec<JoinHandle<()>>,
) {
    let locks = WAITERS.map(|count| (count, Arc::new(RawReadWriteLock::new())));
    locks.iter().for_each(|(_, lock)| hold(lock));
    let waiting: Vec<_> = locks.iter().flat_map(|(count, lock)| waited(lock, *count)).collect();
    until_others_sleep();
    locks.iter().for_each(|(_, lock)| meanwhile(lock));
    until_others_sleep();
    // Nothing happens for which they wait.
    for (_, lock) in &locks {
        try_write(lock, || ());
        try_read(lock, || ());
    }
    let rest = rest();
    locks.iter().for_each(|(_, lock)| release(lock));
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited");
}

const HELD_BY_A_WRITER: [fn(&RawReadWriteLock); 3] =
    [RawReadWriteLock::lock_exclusive, |_| (), RawReadWriteLock::unlock_exclusive];
const HELD_BY_A_READER: [fn(&RawReadWriteLock); 3] =
    [RawReadWriteLock::lock_shared, |_| (), RawReadWriteLock::unlock_shared];
/// One of them leaves, which lets no writer in.
const HELD_BY_TWO_READERS: [fn(&RawReadWriteLock); 3] = [
    |lock| (0..2).for_each(|_| lock.lock_shared()),
    RawReadWriteLock::unlock_shared,
    RawReadWriteLock::unlock_shared,
];

#[test]
fn readers_that_wait_for_a_writer_sleep() {
    waiters_sleep(HELD_BY_A_WRITER, |lock, count| waiters(lock, count, |lock| read(lock, || ())));
}

#[test]
fn writers_that_wait_for_a_writer_sleep() {
    waiters_sleep(HELD_BY_A_WRITER, |lock, count| waiters(lock, count, |lock| write(lock, || ())));
}

#[test]
fn writers_that_wait_for_a_reader_sleep() {
    waiters_sleep(HELD_BY_TWO_READERS, |lock, count| waiters(lock, count, |lock| write(lock, || ())));
}

#[test]
fn readers_that_wait_behind_a_writer_sleep() {
    waiters_sleep(HELD_BY_A_READER, |lock, count| {
        /// A thousandth of a second each.
        const PATIENCE: usize = 1_000;
        let writer = with("writer", lock, |lock| write(lock, || ()));
        // If it is never seen to wait, the readers come in and none waits behind it: that is for other
        // checks to judge.
        (0..PATIENCE).find(|_| {
            thread::sleep(Duration::from_millis(1));
            a_writer_waits(lock)
        });
        let mut waiting = waiters(lock, count, |lock| read(lock, || ()));
        waiting.push(writer);
        waiting
    });
}
