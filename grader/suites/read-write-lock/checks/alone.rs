//! One thread, or one after the other: which calls are let in, and which are refused.

use std::sync::Arc;

use harness::stress::{Rng, seed};
use read_write_lock::RawReadWriteLock;

use crate::instruments::{finish, is_free, try_read, try_write, with};

#[test]
fn a_new_lock_lets_everybody_in() {
    for lock in [RawReadWriteLock::new(), RawReadWriteLock::default()] {
        assert!(lock.try_lock_exclusive(), "a writer, into a new lock");
        lock.unlock_exclusive();
    }
    for lock in [RawReadWriteLock::new(), RawReadWriteLock::default()] {
        assert!(lock.try_lock_shared(), "a reader, into a new lock");
        lock.unlock_shared();
        is_free(&lock);
    }
    for lock in [RawReadWriteLock::new(), RawReadWriteLock::default()] {
        lock.lock_shared();
        lock.unlock_shared();
        lock.lock_exclusive();
        lock.unlock_exclusive();
        is_free(&lock);
    }
}

#[test]
fn any_number_of_readers_come_in_and_the_last_one_counts() {
    let lock = RawReadWriteLock::new();
    for readers in [1, 2, 3, 7, 33, 300, 70_000] {
        for number in 0..readers {
            if number % 2 == 0 {
                lock.lock_shared();
            } else {
                assert!(
                    lock.try_lock_shared(),
                    "reader {number} of {readers}, with no writer inside or waiting"
                );
            }
        }
        for left in 0..readers {
            assert!(!lock.try_lock_exclusive(), "a writer, with {} readers inside", readers - left);
            lock.unlock_shared();
        }
        is_free(&lock);
    }
}

#[test]
fn a_writer_keeps_everybody_out() {
    let lock = RawReadWriteLock::new();
    for by_trying in [false, true, false, true] {
        if by_trying {
            assert!(lock.try_lock_exclusive(), "a writer, with no thread inside");
        } else {
            lock.lock_exclusive();
        }
        for _ in 0..3 {
            assert!(!lock.try_lock_shared(), "a reader beside a writer");
            assert!(!lock.try_lock_exclusive(), "a writer beside a writer");
        }
        lock.unlock_exclusive();
        is_free(&lock);
    }
    // More visits than a small integer can count.
    for _ in 0..70_000 {
        lock.lock_exclusive();
        lock.unlock_exclusive();
    }
    is_free(&lock);
}

#[test]
fn a_refusal_leaves_no_trace() {
    let lock = RawReadWriteLock::new();
    for refusals in [1, 2, 5] {
        lock.lock_shared();
        for _ in 0..refusals {
            assert!(!lock.try_lock_exclusive(), "a writer beside a reader");
        }
        assert!(lock.try_lock_shared(), "a reader beside a reader, after a writer was refused");
        lock.lock_shared();
        for _ in 0..3 {
            assert!(!lock.try_lock_exclusive(), "a writer beside a reader");
            lock.unlock_shared();
        }
        is_free(&lock);
        lock.lock_exclusive();
        for _ in 0..refusals {
            assert!(!lock.try_lock_shared(), "a reader beside a writer");
            assert!(!lock.try_lock_exclusive(), "a writer beside a writer");
        }
        lock.unlock_exclusive();
        is_free(&lock);
    }
}

/// What is known from counting those inside.
#[derive(Default, Debug)]
struct Count {
    readers: u64,
    writer: bool,
}

#[test]
fn random_calls_agree_with_a_count_of_those_inside() {
    let mut rng = Rng::new(seed());
    for _ in 0..200 {
        let (lock, mut count) = (RawReadWriteLock::new(), Count::default());
        for _ in 0..60 {
            let Count { readers, writer } = count;
            match rng.below(6) {
                0 | 1 => {
                    assert_eq!(lock.try_lock_shared(), !writer, "`try_lock_shared` with {count:?}");
                    count.readers += u64::from(!writer);
                }
                2 => {
                    let free = !writer && readers == 0;
                    assert_eq!(lock.try_lock_exclusive(), free, "`try_lock_exclusive` with {count:?}");
                    count.writer |= free;
                }
                3 if !writer => {
                    lock.lock_shared();
                    count.readers += 1;
                }
                3 => {
                    lock.unlock_exclusive();
                    count.writer = false;
                }
                4 if !writer && readers == 0 => {
                    lock.lock_exclusive();
                    count.writer = true;
                }
                _ if writer => {
                    lock.unlock_exclusive();
                    count.writer = false;
                }
                _ if readers > 0 => {
                    lock.unlock_shared();
                    count.readers -= 1;
                }
                _ => (),
            }
        }
        (0..count.readers).for_each(|_| lock.unlock_shared());
        if count.writer {
            lock.unlock_exclusive();
        }
        is_free(&lock);
    }
}

#[test]
fn one_lock_knows_nothing_of_another() {
    let (one, other) = (RawReadWriteLock::new(), RawReadWriteLock::new());
    one.lock_exclusive();
    is_free(&other);
    other.lock_shared();
    assert!(!one.try_lock_shared(), "a reader beside a writer");
    one.unlock_exclusive();
    is_free(&one);
    assert!(!other.try_lock_exclusive(), "a writer beside a reader");
    other.unlock_shared();
    is_free(&other);
}

#[test]
fn other_threads_are_refused_like_this_one() {
    let lock = Arc::new(RawReadWriteLock::new());
    let asked = |lock: &Arc<RawReadWriteLock>| {
        finish(with("asker", lock, |lock| {
            (try_read(lock, || ()).is_some(), try_write(lock, || ()).is_some())
        }))
    };
    assert_eq!(asked(&lock), (true, true), "a reader and a writer, into an empty lock");
    lock.lock_shared();
    assert_eq!(asked(&lock), (true, false), "a reader and a writer, with a reader inside");
    assert!(lock.try_lock_shared(), "a reader beside a reader");
    assert_eq!(asked(&lock), (true, false), "a reader and a writer, with two readers inside");
    lock.unlock_shared();
    lock.unlock_shared();
    lock.lock_exclusive();
    assert_eq!(asked(&lock), (false, false), "a reader and a writer, with a writer inside");
    lock.unlock_exclusive();
    assert_eq!(asked(&lock), (true, true), "a reader and a writer, after all have left");
}
