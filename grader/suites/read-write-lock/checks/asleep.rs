//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use harness::stress::{rest, until_others_sleep};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{
    a_writer_waits, come_in_by_trying, finish, join_by_trying, read, try_read, try_write, with, write,
};

/// A few for one lock, and for another one more than there are places where places are few. The third one is held by a thread
/// that came in by trying.
const WAITERS: [usize; 3] = [3, 40, 3];

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

/// How the caller holds a lock.
struct Holder {
    comes_in: fn(&RawReadWriteLock),
    comes_in_by_trying: fn(&RawReadWriteLock),
    meanwhile: fn(&RawReadWriteLock),
    leaves: fn(&RawReadWriteLock),
}

/// Keeps threads waiting for a while, some for each of several locks, and looks at what they do meanwhile. The caller
/// holds each lock, has it `waited` for, and goes through `meanwhile`, before which all of them sleep. The threads are joined
/// before the verdict, so that a failure leaves none behind.
fn waiters_sleep(holder: &Holder, waited: fn(&Arc<RawReadWriteLock>, usize) -> Vec<JoinHandle<()>>) {
    let locks = WAITERS.map(|count| (count, Arc::new(RawReadWriteLock::new())));
    for ((_, lock), comes_in) in
        locks.iter().zip([holder.comes_in, holder.comes_in, holder.comes_in_by_trying])
    {
        comes_in(lock);
    }
    let waiting: Vec<_> = locks.iter().flat_map(|(count, lock)| waited(lock, *count)).collect();
    until_others_sleep();
    locks.iter().for_each(|(_, lock)| (holder.meanwhile)(lock));
    until_others_sleep();
    // Nothing happens for which they wait.
    for (_, lock) in &locks {
        try_write(lock, || ());
        try_read(lock, || ());
    }
    let rest = rest();
    locks.iter().for_each(|(_, lock)| (holder.leaves)(lock));
    waiting.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited");
}

const WRITER: Holder = Holder {
    comes_in: RawReadWriteLock::lock_exclusive,
    comes_in_by_trying: come_in_by_trying,
    meanwhile: |_| (),
    leaves: RawReadWriteLock::unlock_exclusive,
};
const READER: Holder = Holder {
    comes_in: RawReadWriteLock::lock_shared,
    comes_in_by_trying: join_by_trying,
    meanwhile: |_| (),
    leaves: RawReadWriteLock::unlock_shared,
};
/// One of them leaves, which lets no writer in.
const TWO_READERS: Holder = Holder {
    comes_in: |lock| (0..2).for_each(|_| lock.lock_shared()),
    comes_in_by_trying: |lock| (0..2).for_each(|_| join_by_trying(lock)),
    meanwhile: RawReadWriteLock::unlock_shared,
    leaves: RawReadWriteLock::unlock_shared,
};

#[test]
fn readers_that_wait_for_a_writer_sleep() {
    waiters_sleep(&WRITER, |lock, count| waiters(lock, count, |lock| read(lock, || ())));
}

#[test]
fn writers_that_wait_for_a_writer_sleep() {
    waiters_sleep(&WRITER, |lock, count| waiters(lock, count, |lock| write(lock, || ())));
}

#[test]
fn writers_that_wait_for_a_reader_sleep() {
    waiters_sleep(&TWO_READERS, |lock, count| waiters(lock, count, |lock| write(lock, || ())));
}

#[test]
fn readers_that_wait_behind_a_writer_sleep() {
    waiters_sleep(&READER, |lock, count| {
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
