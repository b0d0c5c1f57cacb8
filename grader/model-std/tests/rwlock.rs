//! `RwLock`: shared and exclusive access.

mod outcomes;

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
