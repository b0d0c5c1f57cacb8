//! `Mutex`: exclusion, poisoning, attempts, statics.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use model_std::model::Cause;
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::sync::{Mutex, PoisonError, TryLockError};
use model_std::thread;
use outcomes::{failure, outcomes, passes, set};

#[test]
fn a_mutex_loses_no_update() {
    let total = outcomes(|| {
        let total = Mutex::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| *total.lock().unwrap() += 1);
            }
            *total.lock().unwrap() += 1;
        });
        total.into_inner().unwrap()
    });
    assert_eq!(total, set([3]));
}

#[test]
fn giving_the_mutex_up_between_reading_and_writing_loses_updates() {
    let total = outcomes(|| {
        let total = Mutex::new(0);
        let add = || {
            let read = *total.lock().unwrap();
            *total.lock().unwrap() = read + 1;
        };
        thread::scope(|scope| {
            scope.spawn(add);
            scope.spawn(add);
        });
        total.into_inner().unwrap()
    });
    assert_eq!(total, set([1, 2]));
}

#[test]
fn threads_are_switched_while_a_mutex_is_held() {
    let seen = outcomes(|| {
        let (lock, flag) = (Mutex::new(()), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                let _guard = lock.lock().unwrap();
                flag.store(true, Relaxed);
                flag.store(false, Relaxed);
            });
            flag.load(Relaxed)
        })
    });
    assert_eq!(seen, set([false, true]));
}

#[test]
fn try_lock_fails_when_the_mutex_is_held_and_succeeds_when_it_is_free() {
    let taken = outcomes(|| {
        let lock = Mutex::new(0);
        thread::scope(|scope| {
            // Nothing happens under the lock: still it is held for a moment.
            scope.spawn(|| *lock.lock().unwrap() += 1);
            match lock.try_lock() {
                Ok(value) => Some(*value),
                Err(TryLockError::WouldBlock) => None,
                Err(TryLockError::Poisoned(_)) => unreachable!(),
            }
        })
    });
    assert_eq!(taken, set([None, Some(0), Some(1)]));
}

#[test]
fn try_lock_of_an_own_mutex_fails_and_never_blocks() {
    passes(|| {
        let lock = Mutex::new(());
        let _guard = lock.lock().unwrap();
        assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    });
}

#[test]
fn locking_twice_is_a_deadlock_that_names_the_holder() {
    let failure = failure(|| {
        let lock = Mutex::new(());
        let _guard = lock.lock().unwrap();
        let _again = lock.lock();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("main waits for Mutex #1, held by itself,"), "{}", failure.message());
}

#[test]
fn opposite_orders_of_locking_deadlock() {
    let failure = failure(|| {
        let locks = [Mutex::new(()), Mutex::new(())];
        thread::scope(|scope| {
            scope.spawn(|| {
                let _a = locks[0].lock().unwrap();
                let _b = locks[1].lock().unwrap();
            });
            scope.spawn(|| {
                let _b = locks[1].lock().unwrap();
                let _a = locks[0].lock().unwrap();
            });
        });
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert_eq!(failure.preemptions, 1, "{failure}");
    assert!(failure.message().contains("held by T1"), "{}", failure.message());
    assert!(failure.message().contains("held by T2"), "{}", failure.message());
}

#[test]
fn a_panic_while_the_mutex_is_held_poisons_it() {
    let poisoned = outcomes(|| {
        let lock = Arc::new(Mutex::new(1));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let mut guard = other.lock().unwrap();
            *guard = 2;
            panic!("on purpose");
        });
        let before = lock.lock().map(|guard| *guard).map_err(|poison| *poison.into_inner());
        assert_eq!(thread.join().unwrap_err().downcast_ref::<&str>(), Some(&"on purpose"));
        assert!(lock.is_poisoned());
        lock.clear_poison();
        assert!(lock.lock().is_ok());
        before
    });
    assert_eq!(poisoned, set([Ok(1), Err(2)]));
}

#[test]
fn a_panic_of_one_thread_does_not_poison_what_another_one_holds() {
    passes(|| {
        let lock = Arc::new(Mutex::new(()));
        let flag = Arc::new(AtomicU32::new(0));
        let holder = {
            let (lock, flag) = (Arc::clone(&lock), Arc::clone(&flag));
            thread::spawn(move || {
                let _guard = lock.lock().unwrap();
                flag.fetch_add(1, Relaxed);
            })
        };
        let panics = {
            let flag = Arc::clone(&flag);
            thread::spawn(move || {
                struct Touch(Arc<AtomicU32>);
                impl Drop for Touch {
                    fn drop(&mut self) {
                        // A step while unwinding: others run in between.
                        self.0.fetch_add(1, Relaxed);
                    }
                }
                let _touch = Touch(flag);
                panic!("on purpose");
            })
        };
        assert!(panics.join().is_err());
        holder.join().unwrap();
        assert!(!lock.is_poisoned());
    });
}

#[test]
fn a_lock_makes_visible_what_was_written_before_its_release() {
    let read = outcomes(|| {
        let (lock, data) = (Mutex::new(false), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                data.store(1, Relaxed);
                *lock.lock().unwrap() = true;
            });
            let written = *lock.lock().unwrap();
            (written, data.load(Relaxed))
        })
    });
    assert_eq!(read, set([(false, 0), (false, 1), (true, 1)]));
}

static LOCK: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static COUNTER: AtomicU32 = AtomicU32::new(5);

#[test]
fn statics_start_afresh_in_every_execution() {
    let seen = outcomes(|| {
        let thread = thread::spawn(|| {
            LOCK.lock().unwrap().push(1);
            COUNTER.fetch_add(1, Relaxed)
        });
        LOCK.lock().unwrap().push(2);
        let mine = COUNTER.fetch_add(1, Relaxed);
        let theirs = thread.join().unwrap();
        let list = LOCK.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (list, mine + theirs)
    });
    assert_eq!(seen, set([(vec![1, 2], 11), (vec![2, 1], 11)]));
}
