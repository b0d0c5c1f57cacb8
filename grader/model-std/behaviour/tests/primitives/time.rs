//! The virtual clock: time passes for a thread that waits for it, in whatever way.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::{Cause, Coverage, Limit, Operation, Outcome, Search, Step, lateness};
use model_std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use model_std::sync::atomic::{AtomicBool, fence};
use model_std::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock, mpsc};
use model_std::thread;
use model_std::time::Instant;
use outcomes::{failure, outcomes, passes, set};

const MOMENT: Duration = Duration::from_millis(2);

#[test]
fn a_loop_over_the_clock_alone_ends() {
    for time in [Duration::from_nanos(1), MOMENT, Duration::from_secs(3_600 * 24 * 365)] {
        passes(move || {
            let start = Instant::now();
            while start.elapsed() < time {}
            let end = Instant::now();
            assert!(end - start >= time, "it does not go back");
        });
    }
}

#[test]
fn a_loop_over_the_clock_with_other_steps_ends() {
    passes(|| {
        let start = Instant::now();
        while start.elapsed() < MOMENT {
            thread::yield_now();
        }
    });
    passes(|| {
        let (start, flag) = (Instant::now(), AtomicBool::new(false));
        while start.elapsed() < MOMENT && !flag.load(Acquire) {}
    });
}

#[test]
fn a_look_for_a_flag_until_a_deadline_ends_in_both_ways() {
    let ends = outcomes::outcomes_within(1, || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let setter = thread::spawn(move || theirs.store(true, Release));
        let deadline = Instant::now() + MOMENT;
        let mut came = false;
        while !came && Instant::now() < deadline {
            came = flag.load(Acquire);
        }
        setter.join().unwrap();
        came
    });
    assert_eq!(ends, set([false, true]));
}

#[test]
fn a_loop_over_the_clock_that_never_ends_is_found() {
    let failure = failure(|| {
        let start = Instant::now();
        while Instant::now() >= start {}
    });
    assert!(matches!(failure.cause, Cause::TooManySteps { .. }), "{failure}");
}

#[test]
fn a_few_looks_at_the_clock_take_no_time_but_for_a_delay() {
    let elapsed = outcomes(|| {
        let start = Instant::now();
        (0..50).map(|_| start.elapsed()).max()
    });
    assert_eq!(elapsed, set([Some(Duration::ZERO), Some(DAY)]));
}

/// How long a slow thread is delayed.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn a_thread_that_gives_up_although_it_has_what_it_waited_for_is_found() {
    // By a deadline, and by the time that has passed.
    let late: [fn(Instant, Duration) -> bool; 2] =
        [|start, timeout| Instant::now() >= start + timeout, |start, timeout| start.elapsed() > timeout];
    for late in late {
        for timeout in [Duration::from_nanos(1), MOMENT, Duration::from_secs(3_600)] {
            let failure = failure(move || {
                let free = Mutex::new(1);
                let start = Instant::now();
                let mut free = free.lock().unwrap();
                *free -= 1;
                assert!(!late(start, timeout), "it gives up although it has one");
            });
            assert!(failure.message().contains("it gives up although it has one"), "{failure}");
            let is_delay = |step: &Step| matches!(step.operation, Operation::Delayed { by: DAY });
            assert_eq!(failure.execution.steps.iter().filter(|step| is_delay(step)).count(), 1, "{failure}");
        }
    }
}

#[test]
fn a_wait_ends_never_early_and_no_later_than_its_threads() {
    let took = outcomes(|| {
        let came = (Mutex::new(false), Condvar::new());
        let start = Instant::now();
        let mut flag = came.0.lock().unwrap();
        let deadline = start + MOMENT;
        while !*flag {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            flag = came.1.wait_timeout(flag, left).unwrap().0;
        }
        let took = start.elapsed();
        assert!((MOMENT..=MOMENT + lateness()).contains(&took), "it took {took:?}");
        (took, lateness())
    });
    // It is delayed before it waits, after a spurious wakeup, or afterwards.
    let delayed = [DAY, MOMENT / 2 + DAY, MOMENT + DAY].map(|took| (took, DAY));
    assert_eq!(took, delayed.into_iter().chain([(MOMENT, Duration::ZERO)]).collect());
}

#[test]
fn time_that_a_thread_waits_for_is_no_delay() {
    passes(|| {
        let (sender, receiver) = mpsc::channel();
        let sleeper = thread::spawn(move || {
            thread::sleep(MOMENT);
            sender.send(()).unwrap();
        });
        receiver.recv().unwrap();
        sleeper.join().unwrap();
        assert_eq!(lateness(), Duration::ZERO);
    });
    // One that finds a lock released later than it came could have had it earlier.
    let late = outcomes(|| {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let sleeper = thread::spawn(move || {
            thread::sleep(MOMENT);
            drop(theirs.lock());
        });
        drop(lock.lock());
        let late = lateness();
        sleeper.join().unwrap();
        late
    });
    assert_eq!(late, set([Duration::ZERO, MOMENT]));
}

/// Something that one thread does before something that another one does.
type Edge = fn() -> (Box<dyn FnOnce() + Send>, Box<dyn FnOnce()>);

/// A closure that does something with what it owns.
fn with<T: 'static, R>(owned: T, act: impl FnOnce(T) -> R + 'static) -> Box<dyn FnOnce()> {
    Box::new(move || drop(act(owned)))
}

#[test]
fn an_instant_does_not_go_back_across_a_happens_before_edge() {
    fn sends<T: Send + 'static>(owned: T, act: fn(T)) -> Box<dyn FnOnce() + Send> {
        Box::new(move || act(owned))
    }
    type Flag = (AtomicBool, Mutex<bool>, RwLock<bool>, OnceLock<()>, Barrier);
    fn shared() -> (Arc<Flag>, Arc<Flag>) {
        let flag =
            (AtomicBool::new(false), Mutex::new(false), RwLock::new(false), OnceLock::new(), Barrier::new(2));
        let flag = Arc::new(flag);
        (Arc::clone(&flag), flag)
    }
    fn until(mut came: impl FnMut() -> bool) {
        while !came() {
            thread::yield_now();
        }
    }
    let edges: [(&str, Edge); 8] = [
        ("a store and a load", || {
            let (one, other) = shared();
            (
                sends(one, |flag| flag.0.store(true, Release)),
                with(other, |flag| until(|| flag.0.load(Acquire))),
            )
        }),
        ("a relaxed store and load with fences", || {
            let (one, other) = shared();
            let store = |flag: Arc<Flag>| {
                fence(Release);
                flag.0.store(true, Relaxed);
            };
            let load = |flag: Arc<Flag>| {
                until(|| flag.0.load(Relaxed));
                fence(Acquire);
            };
            (sends(one, store), with(other, load))
        }),
        ("a mutex", || {
            let (one, other) = shared();
            (
                sends(one, |flag| *flag.1.lock().unwrap() = true),
                with(other, |flag| until(|| *flag.1.lock().unwrap())),
            )
        }),
        ("a lock for writing, then for reading", || {
            let (one, other) = shared();
            (
                sends(one, |flag| *flag.2.write().unwrap() = true),
                with(other, |flag| until(|| *flag.2.read().unwrap())),
            )
        }),
        ("an initialisation", || {
            let (one, other) = shared();
            (sends(one, |flag| flag.3.set(()).unwrap()), with(other, |flag| until(|| flag.3.get().is_some())))
        }),
        ("a barrier", || {
            let (one, other) = shared();
            (sends(one, |flag| _ = flag.4.wait()), with(other, |flag| flag.4.wait()))
        }),
        ("a message", || {
            let (sender, receiver) = mpsc::channel();
            (
                sends(sender, |sender| sender.send(()).unwrap()),
                with(receiver, |receiver| receiver.recv().unwrap()),
            )
        }),
        ("a message that is looked for", || {
            let (sender, receiver) = mpsc::channel();
            (
                sends(sender, |sender| sender.send(()).unwrap()),
                with(receiver, |receiver| until(|| receiver.try_recv().is_ok())),
            )
        }),
    ];
    for (name, edge) in edges {
        for sleeps in [false, true] {
            let check = move || {
                let (before, after) = edge();
                let start = Instant::now();
                let (tell, told) = real_channel();
                let first = thread::spawn(move || {
                    if sleeps {
                        thread::sleep(MOMENT);
                    }
                    tell.send(Instant::now()).unwrap();
                    before();
                });
                after();
                let then = Instant::now();
                let before = told.recv().unwrap();
                assert!(then >= before, "{name}: back by {:?}", before - then);
                assert!(!sleeps || then >= start + MOMENT, "{name}: early");
                first.join().unwrap();
            };
            let search = Search { preemptions: Some(2), ..Search::default() };
            let Outcome::Passed(coverage) = search.run(check) else { panic!("{name}") };
            assert!(coverage.complete && coverage.executions > 1, "{name}: {coverage}");
        }
    }
}

/// A channel that is no part of the model, and so is no edge.
fn real_channel<T>() -> (std::sync::mpsc::Sender<T>, std::sync::mpsc::Receiver<T>) {
    std::sync::mpsc::channel()
}

#[test]
fn further_delays_are_part_of_the_coverage_where_the_clock_is_compared() {
    let shown = |coverage: Coverage| coverage.limits.contains(Limit::Delays);
    assert!(shown(passes(|| {
        let start = Instant::now();
        let _ = (start.elapsed(), start.elapsed());
    })));
    assert!(!shown(passes(|| {
        let _ = Instant::now();
    })));
    assert!(!shown(passes(|| {
        let lock = Mutex::new(());
        drop(Condvar::new().wait_timeout(lock.lock().unwrap(), MOMENT));
    })));
}
