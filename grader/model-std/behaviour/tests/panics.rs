//! Panics: hooks, messages and destructors of the program's own, and what ends a process with std.

#![cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, unused_imports, reason = "what ends a process is not caught there")
)]

use std::fmt;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Mutex as RealMutex};

use model_std::model::{Cause, Failure, Outcome, Search};
use model_std::panic::{self, AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::sync::{Condvar, Mutex, mpsc};
use model_std::thread;
use outcomes::{failure, outcomes, passes, set};

/// Runs a function when it is dropped.
struct AtEnd<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn message(failure: &Failure) -> &str {
    match &failure.cause {
        Cause::Panic { message, .. } => message,
        cause => panic!("{cause:?}\n{failure}"),
    }
}

#[test]
fn a_hook_gets_the_panics_of_all_threads() {
    passes(|| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        panic::set_hook(Box::new(move |info| {
            let line = info.location().unwrap().line();
            notes.lock().unwrap().push((info.payload_as_str().unwrap().to_owned(), line));
        }));
        let line = line!() + 1;
        assert!(thread::spawn(|| panic!("one")).join().is_err());
        assert!(catch_unwind(|| panic!("two")).is_err());
        assert_eq!(*seen.lock().unwrap(), [("one".to_owned(), line), ("two".to_owned(), line + 1)]);
        // From here on nobody notes anything.
        let hook = panic::take_hook();
        assert!(catch_unwind(|| panic!("three")).is_err());
        assert_eq!(seen.lock().unwrap().len(), 2);
        panic::set_hook(hook);
        assert!(catch_unwind(|| panic!("four")).is_err());
        assert_eq!(seen.lock().unwrap().len(), 3);
    });
}

#[test]
fn a_hook_hides_no_panic_and_poisons_as_without() {
    let failure = failure(|| {
        panic::set_hook(Box::new(|_| {}));
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _guard = theirs.lock().unwrap();
            panic!("while it holds the lock");
        });
        assert!(thread.join().is_err());
        assert!(lock.is_poisoned());
        panic!("not hidden");
    });
    assert_eq!(message(&failure), "not hidden");
}

#[test]
fn a_hook_may_wait_while_another_thread_panics() {
    let seen = outcomes(|| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&order);
        panic::set_hook(Box::new(move |info| {
            notes.lock().unwrap().push(info.payload_as_str().unwrap().to_owned());
            thread::yield_now();
            notes.lock().unwrap().push("done".to_owned());
        }));
        let threads = [thread::spawn(|| panic!("a")), thread::spawn(|| panic!("b"))];
        for thread in threads {
            assert!(thread.join().is_err());
        }
        assert!(!thread::panicking());
        drop(panic::take_hook());
        std::mem::take(&mut *order.lock().unwrap())
    });
    assert!(seen.contains(["a", "done", "b", "done"].map(String::from).as_slice()), "{seen:?}");
    assert!(seen.contains(["a", "b", "done", "done"].map(String::from).as_slice()), "{seen:?}");
}

#[test]
fn a_hook_that_deadlocks_is_a_deadlock() {
    let failure = failure(|| {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        panic::set_hook(Box::new(move |_| drop(theirs.lock())));
        let _guard = lock.lock().unwrap();
        assert!(thread::spawn(|| panic!("in the thread")).join().is_err());
    });
    assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
    // Hooks of other executions, and panics after it.
    passes(|| assert!(catch_unwind(|| panic!("caught")).is_err()));
}

#[test]
fn a_hook_that_panics_ends_the_program() {
    let failure = failure(|| {
        panic::set_hook(Box::new(|_| panic!("in the hook")));
        let _ = thread::spawn(|| panic!("in the thread")).join();
    });
    assert_eq!(message(&failure), "in the hook");
}

#[test]
fn a_panicking_thread_cannot_set_the_hook() {
    passes(|| {
        let thread = thread::spawn(|| {
            let _at_end = AtEnd(|| {
                for change in [|| panic::set_hook(Box::new(|_| {})), || drop(panic::take_hook())] {
                    let error = catch_unwind(change).unwrap_err();
                    let message = "cannot modify the panic hook from a panicking thread";
                    assert_eq!(error.downcast_ref(), Some(&message));
                }
            });
            panic!("unwinds");
        });
        assert_eq!(thread.join().unwrap_err().downcast_ref(), Some(&"unwinds"));
    });
}

#[test]
fn the_last_hook_that_was_set_counts() {
    let seen = outcomes(|| {
        let last = Arc::new(AtomicU32::new(0));
        let threads = [1, 2].map(|number| {
            let last = Arc::clone(&last);
            thread::spawn(move || panic::set_hook(Box::new(move |_| last.store(number, SeqCst))))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(catch_unwind(|| panic!("noted")).is_err());
        last.load(SeqCst)
    });
    assert_eq!(seen, set([1, 2]));
}

/// Locks, and waits, while the message is made of it.
struct Locks(Arc<Mutex<u32>>);

impl fmt::Display for Locks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        thread::yield_now();
        write!(f, "{count}")
    }
}

#[test]
fn a_message_may_lock_while_another_thread_panics() {
    passes(|| {
        let count = Arc::new(Mutex::new(0));
        let threads = [Arc::clone(&count), Arc::clone(&count)].map(|count| {
            let shown = Locks(count);
            thread::spawn(move || panic!("{shown}"))
        });
        let mut messages = threads.map(|thread| *thread.join().unwrap_err().downcast::<String>().unwrap());
        messages.sort();
        assert_eq!(messages, ["1", "2"]);
        assert!(!thread::panicking());
    });
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_second_panic_while_one_unwinds_fails_the_execution() {
    let second: [fn(); 3] = [
        || panic!("second"),
        || resume_unwind(Box::new("second")),
        || thread::scope(|scope| assert!(scope.spawn(|| ()).join().is_err(), "second")),
    ];
    for second in second {
        for in_main in [true, false] {
            let failure = failure(move || {
                let body = move || {
                    let _at_end = AtEnd(second);
                    if true {
                        panic_any(1);
                    }
                };
                if in_main {
                    let _ = catch_unwind(AssertUnwindSafe(body));
                } else {
                    let _ = thread::spawn(body).join();
                }
            });
            assert!(message(&failure).ends_with("second"), "{failure}");
        }
    }
}

#[test]
fn panics_that_are_caught_while_one_unwinds_do_not_add_up() {
    passes(|| {
        let thread = thread::spawn(|| {
            let _at_end = AtEnd(|| {
                for _ in 0..3 {
                    assert!(catch_unwind(|| panic!("caught")).is_err());
                    assert!(catch_unwind(|| resume_unwind(Box::new(()))).is_err());
                    thread::scope(|scope| assert!(scope.spawn(|| panic!("joined")).join().is_err()));
                    assert!(thread::panicking());
                }
                let nested = catch_unwind(|| {
                    let _at_end = AtEnd(|| assert!(catch_unwind(|| panic!("deeper")).is_err()));
                    panic!("deep");
                });
                assert_eq!(nested.unwrap_err().downcast_ref(), Some(&"deep"));
            });
            panic!("first");
        });
        assert_eq!(thread.join().unwrap_err().downcast_ref(), Some(&"first"));
    });
}

#[test]
fn a_scope_in_a_destructor_leaves_the_thread_unwinding() {
    passes(|| {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _guard = theirs.lock().unwrap();
            let _at_end = AtEnd(|| {
                thread::scope(|scope| drop(scope.spawn(|| ())));
                assert!(thread::panicking());
            });
            panic!("unwinds");
        });
        assert!(thread.join().is_err());
        assert!(lock.is_poisoned());
    });
}

#[test]
fn destructors_may_do_anything_while_a_thread_unwinds() {
    passes(|| {
        let thread = thread::spawn(|| {
            let (sender, receiver) = mpsc::sync_channel(1);
            let (lock, condvar) = (Mutex::new(0), Condvar::new());
            let _at_end = AtEnd(|| {
                *lock.lock().unwrap() += 1;
                condvar.notify_all();
                let other = sender.clone();
                thread::spawn(move || other.send(1).unwrap()).join().unwrap();
                assert_eq!(receiver.recv(), Ok(1));
                thread::current().unpark();
                thread::park();
                thread::park_timeout(std::time::Duration::from_millis(1));
                thread::sleep(std::time::Duration::from_millis(1));
            });
            panic!("unwinds");
        });
        assert_eq!(thread.join().unwrap_err().downcast_ref(), Some(&"unwinds"));
    });
}

#[test]
fn a_destructor_that_deadlocks_while_a_thread_unwinds_is_a_deadlock() {
    let failure = failure(|| {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let guard = lock.lock().unwrap();
        let thread = thread::spawn(move || {
            let _at_end = AtEnd(|| drop(theirs.lock()));
            panic!("unwinds");
        });
        let joined = thread.join();
        drop(guard);
        assert!(joined.is_err());
    });
    assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
}

#[test]
fn a_failure_in_a_test_that_catches_everything_is_one() {
    // Everything that a test can do to go on after it has failed.
    let failure = failure(|| {
        let lock = Arc::new(Mutex::new(()));
        let result = catch_unwind(AssertUnwindSafe(|| {
            let _first = lock.lock();
            let _second = lock.lock();
        }));
        drop(result);
    });
    assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_abort_fails_the_execution_in_which_it_happens() {
    extern "C" fn cannot_unwind() {
        panic!("through a foreign function");
    }
    let aborts: [fn(); 2] = [|| std::process::abort(), || cannot_unwind()];
    for abort in aborts {
        let program = move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            let thread = thread::spawn(move || theirs.store(true, Relaxed));
            if flag.load(Relaxed) {
                let _ = thread::spawn(abort).join();
            }
            thread.join().unwrap();
        };
        let found = failure(program);
        assert!(!message(&found).is_empty(), "{found}");
        // And the search is of use afterwards, to panics as well.
        assert_eq!(failure(program).schedule, found.schedule);
        passes(|| assert!(thread::spawn(|| panic!("caught")).join().is_err()));
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn every_failure_is_handed_over_once() {
    let programs: [fn(); 3] = [
        || drop(AtEnd(|| panic!("once"))),
        || {
            let _second = AtEnd(|| panic!("second"));
            panic!("first");
        },
        || {
            panic::set_hook(Box::new(|_| thread::yield_now()));
            thread::spawn(|| panic!("joined")).join().unwrap();
        },
    ];
    for program in programs {
        let reports = Arc::new(RealMutex::new(0));
        let sink = Arc::clone(&reports);
        let search = Search::default().on_failure(move |_| *sink.lock().unwrap() += 1);
        assert!(matches!(search.run(program), Outcome::Failed(_)));
        assert_eq!(*reports.lock().unwrap(), 1);
    }
}

#[test]
fn a_scope_that_unwinds_sees_what_its_threads_did_whose_handles_it_drops() {
    let search = Search { preemptions: None, ..Search::default() };
    let outcome = search.run(|| {
        let count = AtomicU32::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                let _dropped_while_it_unwinds = scope.spawn(|| {
                    count.store(1, Relaxed);
                    count.store(2, Relaxed);
                });
                panic!("the body of the scope");
            });
        }));
        assert!(panic.is_err());
        assert_eq!(count.load(Relaxed), 2);
    });
    let Outcome::Passed(coverage) = outcome else { panic!("{outcome:?}") };
    assert!(coverage.complete);
}
