//! Threads that spin, poll and overtake each other: a finite spin can run out, and a program that ends under a fair
//! scheduler ends.

use std::sync::Arc;
use std::time::Duration;

use model_std::hint::spin_loop;
use model_std::model::{Cause, Coverage, Failure, Limit, Outcome, Search};
use model_std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use model_std::sync::atomic::{AtomicBool, AtomicUsize};
use model_std::sync::{Condvar, Mutex, mpsc};
use model_std::thread;

const MOMENT: Duration = Duration::from_millis(1);

/// Fails with the default limits, and without a bound on preemptions, by an assertion with this text.
fn fails(program: impl Fn() + Send + Sync + Clone + 'static, text: &str) {
    for preemptions in [Some(3), None] {
        let outcome = Search { preemptions, ..Search::default() }.run(program.clone());
        let Outcome::Failed(failure) = outcome else { panic!("no execution fails: {outcome:?}") };
        assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
        assert!(failure.message().contains(text), "{failure}");
    }
}

/// Makes no progress.
fn is_livelock(program: impl Fn() + Send + Sync + 'static) -> Failure {
    let failure = outcomes::failure(program);
    assert!(matches!(failure.cause, Cause::TooManySteps { limit: 5_000, .. }), "{failure}");
    failure
}

/// Passes in every execution within the default limits.
fn passes(program: impl Fn() + Send + Sync + 'static) -> Coverage {
    outcomes::passes(program)
}

/// The same for a program with more interleavings than the default limits allow.
fn passes_as_far_as_searched(program: impl Fn() + Send + Sync + 'static) {
    match Search::default().run(program) {
        Outcome::Passed(coverage) => assert!(coverage.executions > 1, "{coverage}"),
        Outcome::Failed(failure) => panic!("an execution failed\n{failure}"),
        Outcome::Unsupported(unsupported) => panic!("{unsupported}"),
        Outcome::Internal(error) => panic!("{error}"),
    }
}

/// Two threads share this: a flag that one of them sets, and others that it waits for in many ways.
struct Shared {
    flag: AtomicBool,
    count: AtomicUsize,
    lock: Mutex<bool>,
    changed: Condvar,
}

impl Shared {
    fn new() -> Arc<Shared> {
        Arc::new(Shared {
            flag: AtomicBool::new(false),
            count: AtomicUsize::new(0),
            lock: Mutex::new(false),
            changed: Condvar::new(),
        })
    }

    fn set(&self) {
        self.flag.store(true, Release);
        *self.lock.lock().unwrap() = true;
        self.count.store(1, Release);
        self.changed.notify_all();
    }
}

/// A thread sets the flag, and `comes` looks for it so often. It may come too late for each of them.
fn gives_up(comes: impl Fn(&Shared) -> bool + Send + Sync + Clone + 'static) {
    let program = move || {
        let shared = Shared::new();
        let theirs = Arc::clone(&shared);
        let setter = thread::spawn(move || theirs.set());
        let came = comes(&shared);
        setter.join().unwrap();
        assert!(came, "it came too late");
    };
    fails(program, "it came too late");
}

/// The numbers of rounds that are tried.
const ROUNDS: [usize; 5] = [1, 4, 8, 100, 1_000];

fn any_of(rounds: usize, look: impl FnMut(usize) -> bool) -> bool {
    (0..rounds).any(look)
}

#[test]
fn a_spin_with_a_hint_can_run_out() {
    for rounds in ROUNDS {
        gives_up(move |shared| {
            any_of(rounds, |_| {
                spin_loop();
                shared.flag.load(Acquire)
            })
        });
    }
}

#[test]
fn a_spin_that_tries_a_lock_can_run_out() {
    for rounds in ROUNDS {
        gives_up(move |shared| {
            any_of(rounds, |_| {
                let came = shared.lock.try_lock().is_ok_and(|came| *came);
                thread::yield_now();
                came
            })
        });
    }
}

#[test]
fn a_spin_that_sleeps_can_run_out() {
    for rounds in ROUNDS {
        gives_up(move |shared| {
            any_of(rounds, |_| {
                thread::sleep(MOMENT);
                shared.flag.load(Acquire)
            })
        });
    }
}

#[test]
fn a_spin_for_a_message_can_run_out() {
    for rounds in [8, 1_000] {
        for timed in [false, true] {
            let program = move || {
                let (sender, receiver) = mpsc::channel();
                let setter = thread::spawn(move || sender.send(()).is_ok());
                let came = any_of(rounds, |_| {
                    if timed {
                        return receiver.recv_timeout(MOMENT).is_ok();
                    }
                    spin_loop();
                    receiver.try_recv().is_ok()
                });
                setter.join().unwrap();
                assert!(came, "it came too late");
            };
            fails(program, "it came too late");
        }
    }
}

#[test]
fn timed_waits_can_run_out() {
    for rounds in ROUNDS {
        gives_up(move |shared| {
            let mut came = shared.lock.lock().unwrap();
            for _ in 0..rounds {
                if !*came {
                    came = shared.changed.wait_timeout(came, MOMENT).unwrap().0;
                }
            }
            *came
        });
        gives_up(move |shared| {
            any_of(rounds, |_| {
                let came = shared.lock.lock().unwrap();
                *shared.changed.wait_timeout_while(came, MOMENT, |came| !*came).unwrap().0
            })
        });
        gives_up(move |shared| {
            any_of(rounds, |_| {
                thread::park_timeout(MOMENT);
                shared.flag.load(Acquire)
            })
        });
    }
}

#[test]
fn a_spin_without_a_yield_can_run_out() {
    for rounds in [8, 600, 1_000, 3_000] {
        gives_up(move |shared| any_of(rounds, |_| shared.flag.load(Acquire)));
        gives_up(move |shared| {
            any_of(rounds, |_| shared.count.compare_exchange(1, 2, AcqRel, Relaxed).is_ok())
        });
    }
}

#[test]
fn what_follows_a_spin_is_searched() {
    // The waiter gives up spinning and goes to sleep; the setter looks for a sleeper too early.
    let program = || {
        let state = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
        let theirs = Arc::clone(&state);
        let waiter = thread::spawn(move || {
            for _ in 0..20 {
                if theirs.0.load(SeqCst) {
                    return;
                }
                spin_loop();
            }
            theirs.1.store(true, SeqCst);
            while !theirs.0.load(SeqCst) {
                thread::park();
            }
        });
        let sleeps = state.1.load(SeqCst);
        state.0.store(true, SeqCst);
        if sleeps {
            waiter.thread().unpark();
        }
        waiter.join().unwrap();
    };
    assert_eq!(outcomes::failure(program).cause, Cause::Deadlock {});
}

#[test]
fn two_spins_after_each_other_can_run_out() {
    gives_up(|shared| {
        let spin = || {
            any_of(30, |_| {
                thread::yield_now();
                shared.flag.load(Acquire)
            })
        };
        spin() || spin()
    });
    gives_up(|shared| {
        let first = any_of(30, |_| {
            thread::yield_now();
            shared.flag.load(Acquire)
        });
        first
            || any_of(30, |_| {
                spin_loop();
                shared.count.load(Acquire) == 1
            })
    });
}

#[test]
fn a_thread_that_spins_longer_is_part_of_the_coverage() {
    let shown = |coverage: Coverage| coverage.limits.contains(Limit::Overtaking);
    assert!(shown(passes(|| {
        let shared = Shared::new();
        let theirs = Arc::clone(&shared);
        let setter = thread::spawn(move || theirs.flag.store(true, Release));
        while !shared.flag.load(Acquire) {
            thread::yield_now();
        }
        setter.join().unwrap();
    })));
    assert!(!shown(passes(|| {
        let setter = thread::spawn(thread::yield_now);
        thread::yield_now();
        setter.join().unwrap();
    })));
}

#[test]
fn polling_while_another_thread_sleeps_ends() {
    for pollers in [1, 2] {
        passes_as_far_as_searched(move || {
            let shared = Shared::new();
            let theirs = Arc::clone(&shared);
            let setter = thread::spawn(move || {
                thread::sleep(MOMENT);
                theirs.flag.store(true, Release);
            });
            thread::scope(|scope| {
                for _ in 0..pollers {
                    scope.spawn(|| {
                        while !shared.flag.load(Acquire) {
                            thread::yield_now();
                        }
                    });
                }
            });
            setter.join().unwrap();
        });
    }
}

#[test]
fn two_threads_that_yield_do_not_starve_a_third() {
    passes(|| {
        let go = Arc::new(AtomicBool::new(false));
        let threads = [(); 2].map(|()| {
            let go = Arc::clone(&go);
            thread::spawn(move || {
                while !go.load(Acquire) {
                    thread::yield_now();
                }
            })
        });
        go.store(true, Release);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_spin_lock_for_three_threads_passes() {
    passes_as_far_as_searched(|| {
        let state = Arc::new((AtomicBool::new(false), AtomicUsize::new(0)));
        let add = |state: &(AtomicBool, AtomicUsize)| {
            while state.0.swap(true, Acquire) {
                spin_loop();
            }
            state.1.store(state.1.load(Relaxed) + 1, Relaxed);
            state.0.store(false, Release);
        };
        let threads = [(); 2].map(|()| {
            let state = Arc::clone(&state);
            thread::spawn(move || add(&state))
        });
        add(&state);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(state.1.load(Relaxed), 3);
    });
}

#[test]
fn loops_without_a_yield_that_another_thread_ends_pass() {
    passes_as_far_as_searched(|| {
        let shared = Shared::new();
        let theirs = Arc::clone(&shared);
        let setter = thread::spawn(move || theirs.set());
        while !shared.flag.load(Acquire) {}
        while shared.count.compare_exchange(1, 2, AcqRel, Relaxed).is_err() {}
        while !setter.is_finished() {}
        setter.join().unwrap();
    });
    passes(|| {
        let (sender, receiver) = mpsc::channel();
        let setter = thread::spawn(move || sender.send(7).unwrap());
        let message = loop {
            if let Ok(message) = receiver.try_recv() {
                break message;
            }
        };
        assert_eq!(message, 7);
        setter.join().unwrap();
    });
}

#[test]
fn loops_that_nobody_ends_are_found() {
    is_livelock(|| while !AtomicBool::new(false).load(Acquire) {});
    is_livelock(|| {
        let flag = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !flag.load(Acquire) {
                        thread::yield_now();
                    }
                });
            }
        });
    });
    is_livelock(|| {
        let flag = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| while !flag.load(Acquire) {});
            scope.spawn(|| {
                while !flag.load(Acquire) {
                    thread::sleep(MOMENT);
                }
            });
        });
    });
}
