//! What loom makes of small programs that are written for std: `use loom_std as std`.

use loom_std as std;

use std::model::{LoomFailure, Opinion, Search};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread;

/// What the test itself keeps, over all executions.
mod real {
    pub use ::std::sync::atomic::{AtomicBool, Ordering};
}

fn opinion(test: impl Fn() + Send + Sync + 'static) -> Opinion {
    Search::new(Some(3), 100_000).run(test)
}

#[track_caller]
fn assert_passes(test: impl Fn() + Send + Sync + 'static) {
    let opinion = opinion(test);
    assert!(matches!(opinion, Opinion::Passed { .. }), "{opinion:?}");
}

/// The failure, and what the threads called.
#[track_caller]
fn failure(test: impl Fn() + Send + Sync + 'static) -> (LoomFailure, Vec<String>) {
    match opinion(test) {
        Opinion::Failed { failure, calls, .. } => {
            (failure, calls.iter().map(|call| format!("{} {}", call.thread, call.call)).collect())
        }
        other => panic!("it does not fail: {other:?}"),
    }
}

fn in_two_threads(body: impl Fn() + Send + Sync + 'static) {
    let body = Arc::new(body);
    let other = Arc::clone(&body);
    let thread = thread::spawn(move || other());
    body();
    thread.join().unwrap();
}

#[test]
fn a_counter_behind_a_mutex_counts() {
    assert_passes(|| {
        let counter = Arc::new(Mutex::new(0));
        let shared = Arc::clone(&counter);
        in_two_threads(move || *shared.lock().unwrap() += 1);
        assert_eq!(*counter.lock().unwrap(), 2);
    });
}

#[test]
fn a_lost_update_fails_with_the_place_of_the_assertion_and_the_calls_before_it() {
    let (failure, calls) = failure(|| {
        let counter = Arc::new(AtomicUsize::new(0));
        let shared = Arc::clone(&counter);
        in_two_threads(move || shared.store(shared.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
        assert_eq!(counter.load(Ordering::SeqCst), 2);
    });
    let LoomFailure::Panic { message, place, thread } = failure else { panic!("{failure:?}") };
    assert!(message.starts_with("assertion `left == right` failed"), "{message}");
    assert!(place.is_some_and(|place| place.file.ends_with("tests/opinions.rs")));
    assert_eq!(thread, "main");
    assert_eq!(calls.first().map(String::as_str), Some("main spawn"));
    assert_eq!(calls.iter().filter(|call| call.ends_with("store")).count(), 2, "{calls:?}");
}

#[test]
fn locks_that_are_taken_in_two_orders_are_a_deadlock() {
    let (failure, calls) = failure(|| {
        let locks = Arc::new((Mutex::new(()), Mutex::new(())));
        let other = Arc::clone(&locks);
        let thread = thread::spawn(move || drop((other.1.lock().unwrap(), other.0.lock().unwrap())));
        drop((locks.0.lock().unwrap(), locks.1.lock().unwrap()));
        thread.join().unwrap();
    });
    assert_eq!(failure, LoomFailure::Deadlock {});
    assert_eq!(calls.iter().filter(|call| call.ends_with(" lock")).count(), 4, "{calls:?}");
}

#[test]
fn a_waiter_that_is_notified_goes_on_and_one_that_is_not_is_a_deadlock() {
    let wait = |notify: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let other = Arc::clone(&shared);
            let waiter = thread::spawn(move || {
                let (flag, condvar) = &*other;
                drop(condvar.wait_while(flag.lock().unwrap(), |flag| !*flag).unwrap());
            });
            *shared.0.lock().unwrap() = true;
            if notify {
                shared.1.notify_one();
            }
            waiter.join().unwrap();
        }
    };
    assert_passes(wait(true));
    assert_eq!(failure(wait(false)).0, LoomFailure::Deadlock {});
}

#[test]
fn readers_share_a_lock_and_a_writer_does_not() {
    assert_passes(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().unwrap() += 1);
        let seen = *lock.read().unwrap();
        assert!(seen <= 1);
        writer.join().unwrap();
        assert_eq!(*lock.read().unwrap(), 1);
    });
}

#[test]
fn whoever_joins_gets_the_panic_of_a_thread() {
    assert_passes(|| {
        let thread = thread::spawn(|| panic!("on purpose"));
        assert!(thread.join().is_err());
        assert!(!thread::panicking());
    });
}

#[test]
fn a_panic_that_is_passed_on_by_unwrap_is_told_as_that_of_its_thread() {
    let (failure, _) = failure(|| {
        let named = thread::Builder::new().name("reader".to_owned());
        named.spawn(|| panic!("the cause")).unwrap().join().unwrap();
    });
    let LoomFailure::Panic { message, thread, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((message.as_str(), thread.as_str()), ("the cause", "reader"));
}

#[test]
fn a_panic_that_is_caught_is_no_failure_and_one_that_is_resumed_is() {
    let catch = || std::panic::catch_unwind(|| panic!("caught")).unwrap_err();
    assert_passes(move || drop(catch()));
    let (failure, _) = failure(move || std::panic::resume_unwind(catch()));
    assert!(matches!(failure, LoomFailure::Panic { message, .. } if message == "caught"));
}

#[test]
fn a_lock_that_is_dropped_while_its_thread_unwinds_is_free() {
    assert_passes(|| {
        struct Counts(Arc<Mutex<u32>>);
        impl Drop for Counts {
            fn drop(&mut self) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let count = Arc::new(Mutex::new(0));
        let counts = Counts(Arc::clone(&count));
        let thread = thread::spawn(move || {
            let _counts = counts;
            panic!("on purpose");
        });
        *count.lock().unwrap() += 1;
        assert!(thread.join().is_err());
        assert_eq!(*count.lock().unwrap(), 2);
    });
}

#[test]
fn a_search_that_reaches_its_limit_says_that_it_was_cut() {
    let opinion = Search::new(Some(3), 10).run(|| {
        let flag = Arc::new(AtomicUsize::new(0));
        let shared = Arc::clone(&flag);
        in_two_threads(move || (0..4).for_each(|_| assert!(shared.fetch_add(1, Ordering::AcqRel) < 8)));
    });
    let Opinion::Cut { tried } = opinion else { panic!("{opinion:?}") };
    assert_eq!(tried.executions, 10);
}

#[test]
fn a_search_without_a_bound_says_so() {
    let opinion = Search::new(None, 100_000).run(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&flag);
        in_two_threads(move || assert!(!shared.swap(false, Ordering::AcqRel)));
        assert!(!flag.load(Ordering::Acquire));
    });
    let Opinion::Passed { tried } = opinion else { panic!("{opinion:?}") };
    assert_eq!(tried.preemptions, None);
}

#[test]
fn a_loop_that_never_yields_is_a_limit_of_loom_and_no_verdict() {
    let opinion = opinion(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&flag);
        let thread = thread::spawn(move || while !shared.load(Ordering::Acquire) {});
        flag.store(true, Ordering::Release);
        thread.join().unwrap();
    });
    let Opinion::GaveUp { message, .. } = opinion else { panic!("{opinion:?}") };
    assert!(message.starts_with("Model exceeded maximum number of branches"), "{message}");
}

#[test]
fn a_marked_call_may_begin_before_and_after_the_end_of_another() {
    use std::model::mark;
    let seen: &'static ::std::sync::Mutex<::std::collections::BTreeSet<&str>> = Box::leak(Box::default());
    assert_passes(move || {
        let order = Arc::new(::std::sync::Mutex::new(String::new()));
        let other = Arc::clone(&order);
        let call = move |name: char, order: &::std::sync::Mutex<String>| {
            mark(false);
            order.lock().unwrap().push(name);
            mark(false);
            order.lock().unwrap().push(name);
        };
        let thread = thread::spawn(move || call('b', &other));
        call('a', &order);
        thread.join().unwrap();
        let order = order.lock().unwrap().clone();
        seen.lock().unwrap().insert(order.leak());
    });
    let seen: Vec<&str> = seen.lock().unwrap().iter().copied().collect();
    assert_eq!(seen, ["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
}

#[test]
fn thread_locals_are_per_thread() {
    std::thread_local! {
        static OWN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    assert_passes(|| {
        OWN.set(1);
        thread::spawn(|| assert_eq!(OWN.replace(2), 0)).join().unwrap();
        assert_eq!(OWN.get(), 1);
    });
}

#[test]
fn a_spinning_thread_goes_on_only_when_no_other_one_can() {
    static SHOWN: real::AtomicBool = real::AtomicBool::new(false);
    let test = || {
        let came = Arc::new(AtomicBool::new(false));
        let comes = Arc::clone(&came);
        let thread = thread::spawn(move || {
            std::hint::spin_loop();
            comes.store(true, Ordering::SeqCst);
        });
        if came.load(Ordering::SeqCst) {
            SHOWN.store(true, real::Ordering::SeqCst);
        }
        thread.join().unwrap();
    };
    let shown = || SHOWN.load(real::Ordering::SeqCst);
    let Opinion::Failed { failure: LoomFailure::NeverHappens {}, calls, .. } =
        Search::new(Some(3), 100_000).expects(shown).run(test)
    else {
        panic!("loom tries it: the difference that is named for it is none");
    };
    assert_eq!(calls.iter().map(|call| &*call.call).collect::<Vec<_>>(), ["yield_now"]);
    let passes = Search::new(Some(3), 100_000).expects(|| true).run(test);
    assert!(matches!(passes, Opinion::Passed { .. }), "{passes:?}");
}
