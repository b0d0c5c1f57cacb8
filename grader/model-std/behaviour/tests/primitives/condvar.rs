//! `Condvar`: every way in which a wait can end.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::{Cause, Outcome, Search, lateness};
use model_std::sync::{Condvar, Mutex};
use model_std::thread;
use model_std::time::Instant;
use outcomes::{failure, is_spurious_wakeup, outcomes, passes, set};

type Shared<T> = Arc<(Mutex<T>, Condvar)>;

fn shared<T>(value: T) -> Shared<T> {
    Arc::new((Mutex::new(value), Condvar::new()))
}

fn spawn<T: Send + 'static, R: Send + 'static>(
    shared: &Shared<T>,
    body: impl FnOnce(&Mutex<T>, &Condvar) -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let shared = Arc::clone(shared);
    thread::spawn(move || body(&shared.0, &shared.1))
}

#[test]
fn a_loop_round_the_wait_is_right() {
    passes(|| {
        let ready = shared(false);
        let setter = spawn(&ready, |lock, condvar| {
            *lock.lock().unwrap() = true;
            condvar.notify_one();
        });
        let (lock, condvar) = &*ready;
        let mut guard = lock.lock().unwrap();
        while !*guard {
            guard = condvar.wait(guard).unwrap();
        }
        assert!(*guard);
        drop(guard);
        drop(condvar.wait_while(lock.lock().unwrap(), |ready| !*ready).unwrap());
        setter.join().unwrap();
    });
}

#[test]
fn a_wait_may_end_spuriously() {
    let failure = failure(|| {
        let ready = shared(false);
        let setter = spawn(&ready, |lock, condvar| {
            *lock.lock().unwrap() = true;
            condvar.notify_one();
        });
        let (lock, condvar) = &*ready;
        let mut guard = lock.lock().unwrap();
        if !*guard {
            guard = condvar.wait(guard).unwrap();
        }
        assert!(*guard, "woken, but not ready");
        drop(guard);
        setter.join().unwrap();
    });
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(failure.execution.steps.iter().any(is_spurious_wakeup), "{failure}");
}

#[test]
fn without_the_budget_a_wait_ends_by_a_notification_alone() {
    let search = Search { spurious: 0, ..Search::default() };
    let outcome = search.run(|| {
        let ready = shared(false);
        let setter = spawn(&ready, |lock, condvar| {
            *lock.lock().unwrap() = true;
            condvar.notify_one();
        });
        let (lock, condvar) = &*ready;
        let mut guard = lock.lock().unwrap();
        if !*guard {
            guard = condvar.wait(guard).unwrap();
        }
        assert!(*guard);
        drop(guard);
        setter.join().unwrap();
    });
    assert!(matches!(outcome, Outcome::Passed(_)), "{outcome:?}");
}

#[test]
fn a_spurious_wakeup_hides_no_lost_wakeup() {
    let failure = failure(|| {
        let ready = shared(false);
        let setter = spawn(&ready, |lock, _| *lock.lock().unwrap() = true);
        let (lock, condvar) = &*ready;
        drop(condvar.wait_while(lock.lock().unwrap(), |ready| !*ready).unwrap());
        setter.join().unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("waits for a notification of Condvar #1"), "{}", failure.message());
}

#[test]
fn a_notification_between_looking_and_waiting_is_lost() {
    use model_std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    let failure = failure(|| {
        let state = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
        let other = Arc::clone(&state);
        let setter = thread::spawn(move || {
            // The flag is not under the mutex: the waiter may have looked at it already.
            other.0.store(true, SeqCst);
            other.2.notify_one();
        });
        let mut guard = state.1.lock().unwrap();
        while !state.0.load(SeqCst) {
            guard = state.2.wait(guard).unwrap();
        }
        drop(guard);
        setter.join().unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn notify_one_may_wake_any_waiter() {
    let first = outcomes(|| {
        let state = shared((0, Vec::new()));
        let waiters: Vec<_> = (0..2)
            .map(|name| {
                spawn(&state, move |lock, condvar| {
                    let mut guard = lock.lock().unwrap();
                    guard.0 += 1;
                    let order = guard.0;
                    while guard.0 < 10 {
                        guard = condvar.wait(guard).unwrap();
                        if guard.0 < 10 {
                            continue;
                        }
                    }
                    let _ = name;
                    guard.1.push(order);
                    condvar.notify_one();
                })
            })
            .collect();
        let (lock, condvar) = &*state;
        let mut guard = lock.lock().unwrap();
        while guard.0 < 2 {
            drop(guard);
            thread::yield_now();
            guard = lock.lock().unwrap();
        }
        guard.0 = 10;
        condvar.notify_one();
        drop(guard);
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
        lock.lock().unwrap().1[0]
    });
    assert_eq!(first, set([1, 2]), "the one that waited first, or the other");
}

#[test]
fn notify_one_wakes_one_and_notify_all_wakes_all() {
    let wait_twice = |all: bool| {
        Search::default().run(move || {
            let open = shared(false);
            let waiters = [(); 2].map(|()| {
                spawn(&open, |lock, condvar| {
                    drop(condvar.wait_while(lock.lock().unwrap(), |open| !*open).unwrap())
                })
            });
            *open.0.lock().unwrap() = true;
            if all {
                open.1.notify_all()
            } else {
                open.1.notify_one()
            }
            for waiter in waiters {
                waiter.join().unwrap();
            }
        })
    };
    assert!(matches!(wait_twice(true), Outcome::Passed(_)));
    let Outcome::Failed(failure) = wait_twice(false) else { panic!("the second waiter was never woken") };
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn a_timed_wait_may_end_in_both_ways_and_moves_the_clock() {
    let ends = outcomes(|| {
        let ready = shared(false);
        let setter = spawn(&ready, |lock, condvar| {
            *lock.lock().unwrap() = true;
            condvar.notify_one();
        });
        let (lock, condvar) = &*ready;
        let start = Instant::now();
        let (guard, result) = condvar
            .wait_timeout_while(lock.lock().unwrap(), Duration::from_millis(10), |ready| !*ready)
            .unwrap();
        let (ready, timed_out) = (*guard, result.timed_out());
        drop(guard);
        let (took, late) = (start.elapsed(), lateness());
        assert!(took <= Duration::from_millis(10) + late, "{took:?}, and {late:?} late");
        setter.join().unwrap();
        late.is_zero().then_some((ready, timed_out, took.as_millis()))
    });
    assert_eq!(
        ends,
        set([
            // A thread is slow.
            None,
            Some((true, false, 0)),
            // Woken spuriously on the way, and by then the condition held.
            Some((true, false, 5)),
            // The time was up when the setter came: the condition counts, not the clock.
            Some((true, false, 10)),
            Some((false, true, 10)),
        ])
    );
}

#[test]
fn a_timed_waiter_is_never_part_of_a_deadlock() {
    let ends = outcomes(|| {
        let never = shared(());
        let (lock, condvar) = &*never;
        let waited = condvar.wait_timeout(lock.lock().unwrap(), Duration::from_secs(3600)).unwrap().1;
        waited.timed_out()
    });
    assert_eq!(ends, set([false, true]), "it may also end spuriously, without being late");
}

#[test]
fn a_notification_can_be_swallowed_by_a_waiter_whose_time_was_up() {
    // One token, two waiters, one of them timed, which ignores the token when it was timed out.
    let failure = failure(|| {
        let token = shared(0);
        let timed = spawn(&token, |lock, condvar| {
            let guard = lock.lock().unwrap();
            if *guard == 0 {
                let (_guard, _) = condvar.wait_timeout(guard, Duration::from_millis(1)).unwrap();
                // Gives up without a look, and without passing the notification on.
            }
        });
        let patient = spawn(&token, |lock, condvar| {
            let mut guard = condvar.wait_while(lock.lock().unwrap(), |tokens| *tokens == 0).unwrap();
            *guard -= 1;
        });
        *token.0.lock().unwrap() += 1;
        token.1.notify_one();
        timed.join().unwrap();
        patient.join().unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn a_restarted_clock_shows_on_the_virtual_clock() {
    let late = outcomes(|| {
        let state = shared(0_u32);
        let noise = spawn(&state, |lock, condvar| {
            thread::sleep(Duration::from_millis(6));
            *lock.lock().unwrap() += 1;
            condvar.notify_all();
            Instant::now()
        });
        let (lock, condvar) = &*state;
        let start = Instant::now();
        let mut guard = lock.lock().unwrap();
        loop {
            let (next, result) = condvar.wait_timeout(guard, Duration::from_millis(10)).unwrap();
            guard = next;
            if result.timed_out() {
                break;
            }
        }
        drop(guard);
        let end = Instant::now();
        let noise = noise.join().unwrap();
        end > noise.max(start + Duration::from_millis(10))
    });
    assert_eq!(late, set([false, true]));
}

#[test]
fn a_panic_under_the_mutex_reaches_the_waiter_as_poison() {
    passes(|| {
        let state = shared(false);
        let panics = spawn(&state, |lock, condvar| {
            let mut guard = lock.lock().unwrap();
            *guard = true;
            condvar.notify_one();
            panic!("on purpose");
        });
        let (lock, condvar) = &*state;
        let woken = match lock.lock() {
            Ok(guard) => condvar.wait_while(guard, |ready| !*ready).map(drop),
            Err(poison) => Err(std::sync::PoisonError::new(poison.into_inner())).map(|_: ()| ()),
        };
        assert!(woken.is_err());
        assert!(panics.join().is_err());
    });
}

#[test]
fn a_timeout_of_centuries_does_not_elapse() {
    passes(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            *theirs.0.lock().unwrap() = true;
            theirs.1.notify_one();
        });
        let guard = pair.0.lock().unwrap();
        let (guard, result) = pair.1.wait_timeout_while(guard, Duration::MAX, |done| !*done).unwrap();
        assert!(*guard && !result.timed_out());
        drop(guard);
        thread.join().unwrap();
    });
    let failure = failure(|| thread::park_timeout(Duration::MAX));
    assert_eq!(failure.cause, Cause::Deadlock {});
}
