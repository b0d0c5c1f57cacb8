//! `RwLock`: shared and exclusive access.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use model_std::model::Cause;
use model_std::sync::atomic::AtomicU32;
use model_std::sync::{RwLock, RwLockWriteGuard, TryLockError};
use model_std::thread;
use outcomes::{failure, outcomes, passes, set};

#[test]
fn two_readers_can_hold_the_lock_at_once() {
    let together = outcomes(|| {
        let (lock, inside) = (RwLock::new(()), AtomicU32::new(0));
        let read = || {
            let _guard = lock.read().unwrap();
            let before = inside.fetch_add(1, Relaxed);
            inside.fetch_sub(1, Relaxed);
            before
        };
        thread::scope(|scope| {
            let other = scope.spawn(read);
            read() + other.join().unwrap()
        })
    });
    assert_eq!(together, set([0, 1]));
}

#[test]
fn a_writer_is_alone() {
    passes(|| {
        let (lock, inside) = (RwLock::new(()), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let _guard = lock.write().unwrap();
                assert_eq!(inside.fetch_add(1, Relaxed), 0);
                inside.fetch_sub(1, Relaxed);
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    let _guard = lock.read().unwrap();
                    assert!(inside.load(Relaxed) == 0);
                });
            }
        });
    });
}

#[test]
fn what_a_writer_wrote_is_seen_by_readers_and_the_other_way_round() {
    passes(|| {
        let (lock, data) = (RwLock::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let seen = *lock.read().unwrap();
                if seen == 1 {
                    assert_eq!(data.load(Relaxed), 1);
                }
                // A reader that leaves passes on what it did, to the next writer.
                let _guard = lock.read().unwrap();
                data.store(2, Relaxed);
            });
            let mut guard = lock.write().unwrap();
            if data.load(Relaxed) != 2 {
                data.store(1, Relaxed);
                *guard = 1;
            }
        });
    });
}

#[test]
fn attempts_fail_when_the_lock_is_held_in_the_way() {
    let results = outcomes(|| {
        let lock = RwLock::new(());
        thread::scope(|scope| {
            scope.spawn(|| drop(lock.read().unwrap()));
            let read = lock.try_read().is_ok();
            let written = lock.try_write().is_ok();
            (read, written)
        })
    });
    assert_eq!(results, set([(true, false), (true, true)]));
    let results = outcomes(|| {
        let lock = RwLock::new(());
        thread::scope(|scope| {
            scope.spawn(|| drop(lock.write().unwrap()));
            matches!(lock.try_read(), Err(TryLockError::WouldBlock))
        })
    });
    assert_eq!(results, set([false, true]));
}

#[test]
fn a_reader_that_wants_to_write_deadlocks() {
    let failure = failure(|| {
        let lock = RwLock::new(());
        let _read = lock.read().unwrap();
        let _write = lock.write();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("RwLock #1, held by itself,"), "{}", failure.message());
}

#[test]
fn downgrading_lets_readers_in_and_keeps_writers_out() {
    passes(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 10);
            let mut guard = lock.write().unwrap();
            *guard += 1;
            let before = *guard;
            let guard = RwLockWriteGuard::downgrade(guard);
            assert_eq!(*guard, before);
        });
        assert_eq!(*lock.read().unwrap(), 11);
    });
}

#[test]
fn writers_poison_and_readers_do_not() {
    passes(|| {
        let lock = Arc::new(RwLock::new(()));
        let reader = Arc::clone(&lock);
        let reader = thread::spawn(move || {
            let _guard = reader.read().unwrap();
            panic!("on purpose");
        });
        assert!(reader.join().is_err());
        assert!(!lock.is_poisoned());
        let writer = Arc::clone(&lock);
        let writer = thread::spawn(move || {
            let _guard = writer.write().unwrap();
            panic!("on purpose");
        });
        assert!(writer.join().is_err());
        assert!(lock.is_poisoned());
        assert!(lock.read().is_err());
    });
}

#[test]
fn a_second_read_may_wait_behind_a_writer_and_deadlock() {
    let nested = failure(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 1);
            let _both = (lock.read().unwrap(), lock.read().unwrap());
        });
    });
    assert_eq!((&nested.cause, nested.preemptions), (&Cause::Deadlock {}, 0));
    let shown = nested.to_string();
    assert!(
        shown.contains("main waits for RwLock #1 behind a waiting writer, held by itself, at"),
        "{shown}"
    );
    assert!(shown.contains("T1 waits for RwLock #1, held by main, at"), "{shown}");
}

fn sum_with_a_nested_read(lock: &RwLock<u32>) -> u32 {
    let first = lock.read().unwrap();
    let again = || *lock.read().unwrap();
    *first + again()
}

#[test]
fn a_second_read_may_deadlock_wherever_it_is() {
    let in_a_helper = failure(|| {
        let lock = Arc::new(RwLock::new(0));
        let theirs = Arc::clone(&lock);
        let writer = thread::spawn(move || *theirs.write().unwrap() += 1);
        sum_with_a_nested_read(&lock);
        writer.join().unwrap();
    });
    assert_eq!(in_a_helper.cause, Cause::Deadlock {});
    // The writer is the test's own thread, and comes last.
    let in_a_thread = failure(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| sum_with_a_nested_read(&lock));
            *lock.write().unwrap() += 1;
        });
    });
    assert_eq!(in_a_thread.cause, Cause::Deadlock {});
    let after_a_downgrade = failure(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 1);
            let _first = RwLockWriteGuard::downgrade(lock.write().unwrap());
            let _second = lock.read().unwrap();
        });
    });
    assert_eq!(after_a_downgrade.cause, Cause::Deadlock {});
}

#[test]
fn a_reader_that_another_one_waits_for_may_wait_behind_a_writer() {
    // The first reader keeps its guard until the second one is done.
    let by_join = failure(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 1);
            let first = lock.read().unwrap();
            let second = scope.spawn(|| *lock.read().unwrap());
            assert_eq!(second.join().unwrap(), *first);
        });
    });
    assert_eq!(by_join.cause, Cause::Deadlock {});
    assert!(by_join.to_string().contains("T2 waits for RwLock #1 behind a waiting writer, held by main, at"));
}

#[test]
fn readers_that_nobody_waits_for_and_writers_always_go_on() {
    passes(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert!(*lock.read().unwrap() < 2));
            }
            scope.spawn(|| *lock.write().unwrap() += 1);
            assert!(*lock.read().unwrap() < 2);
        });
    });
    passes(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| *lock.write().unwrap() += 1);
            }
            let first = *lock.read().unwrap();
            let second = *lock.read().unwrap();
            assert!(first <= second);
        });
        assert_eq!(*lock.read().unwrap(), 2);
    });
}

#[test]
fn an_attempt_to_read_behind_a_writer_that_waits_may_fail_and_never_deadlocks() {
    let again = outcomes(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 1);
            let first = lock.read().unwrap();
            let again = lock.try_read().is_ok();
            (*first, again)
        })
    });
    assert_eq!(again, set([(0, false), (0, true), (1, true)]));
    // Without a writer it cannot fail.
    passes(|| {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| drop(lock.read().unwrap()));
            let _first = lock.read().unwrap();
            assert!(lock.try_read().is_ok());
        });
    });
    // Neither before a writer waits.
    passes(|| {
        let lock = RwLock::new(0);
        let first = lock.read().unwrap();
        assert!(lock.try_read().is_ok());
        drop(first);
        *lock.write().unwrap() += 1;
    });
}

#[test]
fn who_waits_behind_a_writer_goes_on_after_it_or_before_it_once_the_lock_is_free() {
    let seen = outcomes(|| {
        let (lock, order) = (RwLock::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| *lock.write().unwrap() += 1);
            let first = lock.read().unwrap();
            let second = scope.spawn(|| {
                let found = *lock.read().unwrap();
                order.fetch_add(1, Relaxed);
                found
            });
            let before = *first;
            drop(first);
            (before, second.join().unwrap())
        })
    });
    assert_eq!(seen, set([(0, 0), (0, 1), (1, 1)]));
}
