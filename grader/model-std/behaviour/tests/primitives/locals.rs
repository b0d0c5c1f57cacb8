//! Thread-local variables: how they are initialised, when and in which order they are destroyed, and what happens to
//! them when an execution stops.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

use model_std::model::{Cause, Failure, Outcome, Search};
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::sync::{Condvar, Mutex};
use model_std::thread::{self, LocalKey};
use model_std::time::Instant;
use outcomes::{failure, outcomes, passes, set};

/// Runs a function when it is dropped.
struct AtEnd(Box<dyn FnMut()>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

model_std::thread_local! {
    static FIRST: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<AtEnd>> = RefCell::default();
    static THIRD: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

fn at_end(key: &'static LocalKey<RefCell<Option<AtEnd>>>, run: impl FnMut() + 'static) {
    key.with_borrow_mut(|end| *end = Some(AtEnd(Box::new(run))));
}

/// The message of the panic that fails an execution, and where it is.
fn panic_of(failure: &Failure) -> (&str, &str) {
    match &failure.cause {
        Cause::Panic { message, place: Some(place), .. } => (message, &place.file),
        cause => panic!("{cause:?}"),
    }
}

#[test]
fn setting_does_not_run_the_initialiser() {
    model_std::thread_local! {
        static CELL: Cell<u32> = panic!("not run");
        static REF_CELL: RefCell<Vec<u32>> = panic!("not run");
    }
    passes(|| {
        CELL.set(5);
        assert_eq!(CELL.get(), 5);
        CELL.set(6);
        assert_eq!(CELL.replace(7), 6);
        REF_CELL.set(vec![1]);
        REF_CELL.set(vec![2]);
        assert_eq!(REF_CELL.take(), [2]);
        // The others do, in a thread of its own.
        assert!(thread::spawn(|| CELL.get()).join().is_err());
        assert!(thread::spawn(|| REF_CELL.replace(Vec::new())).join().is_err());
        assert!(thread::spawn(|| REF_CELL.take()).join().is_err());
        assert!(thread::spawn(|| CELL.try_with(Cell::get).is_ok()).join().is_err());
    });
}

#[test]
fn a_failed_initialisation_is_tried_again() {
    model_std::thread_local!(static KEY: u32 = {
        TRIES.set(TRIES.get() + 1);
        assert!(TRIES.get() > 1);
        7
    });
    model_std::thread_local!(static TRIES: Cell<u32> = const { Cell::new(0) });
    passes(|| {
        assert!(model_std::panic::catch_unwind(|| KEY.with(|key| *key)).is_err());
        assert_eq!((KEY.with(|key| *key), TRIES.get()), (7, 2));
    });
}

#[test]
fn an_initialiser_may_have_any_name_inside() {
    fn init() -> u32 {
        3
    }
    model_std::thread_local!(static KEY: Cell<u32> = Cell::new(init()));
    passes(|| assert_eq!(KEY.get(), 3));
}

#[test]
fn the_last_of_several_initialisations_counts() {
    struct Counts(u32);
    impl Drop for Counts {
        fn drop(&mut self) {
            DROPPED.set(DROPPED.get() * 10 + self.0);
        }
    }
    model_std::thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
        static DROPPED: Cell<u32> = const { Cell::new(0) };
        static KEY: Counts = {
            DEPTH.set(DEPTH.get() + 1);
            if DEPTH.get() == 1 {
                KEY.with(|key| assert_eq!(key.0, 1));
                Counts(2)
            } else {
                Counts(1)
            }
        };
    }
    passes(|| {
        KEY.with(|key| assert_eq!(key.0, 2));
        assert_eq!(DROPPED.get(), 1, "the value in whose place the other one came");
    });
}

#[test]
fn the_last_one_is_destroyed_first_and_new_ones_have_their_turn() {
    passes(|| {
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let order = Arc::clone(&order);
            move || order.lock().unwrap().push(name)
        };
        let (first, second, third) = (note("first"), note("second"), note("third"));
        thread::spawn(move || {
            at_end(&FIRST, first);
            let mut third = Some(third);
            at_end(&SECOND, move || {
                second();
                at_end(&THIRD, third.take().expect("once"));
            });
        })
        .join()
        .unwrap();
        assert_eq!(*order.lock().unwrap(), ["second", "third", "first"]);
    });
}

#[test]
fn a_variable_is_gone_for_its_own_destructor_and_after_it() {
    passes(|| {
        thread::spawn(|| {
            let gone = |key: &'static LocalKey<RefCell<Option<AtEnd>>>| {
                let error = key.try_with(|_| ()).unwrap_err();
                assert_eq!(
                    (format!("{error}"), format!("{error:?}")),
                    ("already destroyed".into(), "AccessError".into())
                );
                let panic = model_std::panic::catch_unwind(|| key.with(|_| ())).unwrap_err();
                assert_eq!(
                    panic.downcast_ref::<String>().unwrap(),
                    "cannot access a Thread Local Storage value during or after destruction: AccessError"
                );
            };
            at_end(&FIRST, move || {
                gone(&FIRST);
                gone(&SECOND);
                // It has no destructor, so it is never gone.
                PLAIN.set(PLAIN.get() + 1);
                assert_eq!(thread::current().name(), None);
            });
            at_end(&SECOND, move || gone(&SECOND));
            PLAIN.set(1);
        })
        .join()
        .unwrap();
    });
    model_std::thread_local!(static PLAIN: Cell<u32> = const { Cell::new(0) });
}

#[test]
fn a_destructor_that_panics_ends_the_program() {
    for in_main in [false, true] {
        let failure = failure(move || {
            let body = || at_end(&FIRST, || panic!("in a destructor"));
            if in_main {
                body();
            } else {
                let _ = thread::spawn(body).join();
            }
        });
        let (message, file) = panic_of(&failure);
        let expected = "fatal runtime error: thread local panicked on drop, aborting: in a destructor";
        assert_eq!(message, expected, "{failure}");
        assert!(file.ends_with("locals.rs"), "{failure}");
    }
}

#[test]
fn a_destructor_that_panics_after_the_test_has_returned_fails_nothing() {
    passes(|| {
        drop(thread::spawn(|| {
            at_end(&FIRST, || panic!("in a destructor"));
            thread::sleep(Duration::from_secs(1));
        }));
    });
}

#[test]
fn a_panic_that_a_destructor_catches_fails_nothing() {
    passes(|| {
        let body =
            || at_end(&FIRST, || assert!(model_std::panic::catch_unwind(|| panic!("caught")).is_err()));
        thread::spawn(body).join().unwrap();
        body();
    });
}

/// A deadlock while a thread has a variable whose destructor runs `end`.
fn deadlock_with(end: impl Fn(&Mutex<u32>) + Clone + Send + Sync + 'static) -> Failure {
    failure(move || {
        let (pair, count) = (Arc::new((Mutex::new(()), Condvar::new())), Arc::new(Mutex::new(0)));
        let (theirs, locks, end) = (Arc::clone(&pair), Arc::clone(&count), end.clone());
        let ends = end.clone();
        let mine = Arc::clone(&count);
        at_end(&SECOND, move || ends(&mine));
        let thread = thread::spawn(move || {
            at_end(&FIRST, move || end(&locks));
            drop(theirs.1.wait(theirs.0.lock().unwrap()));
        });
        thread.join().unwrap();
    })
}

#[test]
fn a_deadlock_is_one_whatever_the_destructors_of_variables_would_do() {
    let ends: [fn(&Mutex<u32>); 6] = [
        |count| *count.lock().unwrap() += 1,
        |_| assert!(Instant::now() <= Instant::now()),
        |_| panic!("in a destructor"),
        |_| thread::spawn(|| ()).join().unwrap(),
        |_| thread::park_timeout(Duration::from_secs(1)),
        |_| FIRST.with(|_| ()),
    ];
    for end in ends {
        let failure = deadlock_with(end);
        assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
        assert_eq!(failure.execution.waiting.len(), 2, "{failure}");
    }
}

#[test]
fn a_search_ends_whatever_it_leaves_behind() {
    // A panic, a call without a model, a livelock, and a thread that never ends.
    let left: [fn(); 4] = [
        || panic!("fails"),
        || assert!(AtomicU32::new(0).as_ptr().is_null()),
        || while !AtomicBool::new(false).load(Relaxed) {},
        || drop(thread::spawn(thread::park)),
    ];
    for leave in left {
        let outcome = Search { steps: 50, ..Search::default() }.run(move || {
            let lock = Arc::new(Mutex::new(0));
            for key in [&FIRST, &SECOND] {
                let lock = Arc::clone(&lock);
                at_end(key, move || *lock.lock().unwrap() += 1);
            }
            let other = thread::spawn(move || {
                at_end(&THIRD, move || *lock.lock().unwrap() += 1);
                thread::yield_now();
            });
            leave();
            other.join().unwrap();
        });
        // What matters is that there is one.
        assert!(matches!(outcome, Outcome::Passed(_) | Outcome::Failed(_) | Outcome::Unsupported(_)));
    }
    passes(|| assert_eq!(thread::spawn(|| 1).join().unwrap(), 1));
}

/// Sets the flag in a destructor of a thread-local variable.
fn sets_at_end(flag: &Arc<AtomicBool>) -> impl FnOnce() + Send + use<> {
    let flag = Arc::clone(flag);
    move || at_end(&FIRST, move || flag.store(true, SeqCst))
}

#[test]
fn join_waits_for_the_destructors_of_variables() {
    let seen = outcomes(|| {
        let flag = Arc::new(AtomicBool::new(false));
        thread::spawn(sets_at_end(&flag)).join().unwrap();
        flag.load(SeqCst)
    });
    assert_eq!(seen, set([true]));
}

#[test]
fn is_finished_does_not_wait_for_the_destructors_of_variables() {
    let seen = outcomes(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn(sets_at_end(&flag));
        let finished = thread.is_finished();
        let set = flag.load(SeqCst);
        thread.join().unwrap();
        (finished, set)
    });
    assert!(seen.contains(&(true, false)) && seen.contains(&(true, true)), "{seen:?}");
}

#[test]
fn a_scope_does_not_wait_for_the_destructors_of_variables() {
    let run = |join: bool| {
        outcomes(move || {
            let flag = Arc::new(AtomicBool::new(false));
            thread::scope(|scope| {
                let thread = scope.spawn(sets_at_end(&flag));
                if join {
                    thread.join().unwrap();
                }
            });
            flag.load(SeqCst)
        })
    };
    assert_eq!(run(false), set([false, true]));
    assert_eq!(run(true), set([true]));
}

#[test]
fn the_end_of_a_scope_happens_after_its_threads_bodies() {
    passes(|| {
        let data = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| data.store(1, Relaxed));
        });
        assert_eq!(data.load(Relaxed), 1);
    });
}

#[test]
fn a_scope_waits_for_results_that_nobody_takes() {
    passes(|| {
        let dropped = AtomicBool::new(false);
        thread::scope(|scope| {
            struct Sets<'a>(&'a AtomicBool);
            impl Drop for Sets<'_> {
                fn drop(&mut self) {
                    thread::yield_now();
                    self.0.store(true, Relaxed);
                }
            }
            scope.spawn(|| Sets(&dropped));
        });
        assert!(dropped.load(Relaxed));
    });
}

#[test]
fn a_result_that_panics_when_nobody_takes_it_ends_the_program() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a result");
        }
    }
    let left: [fn(); 3] = [
        || drop(thread::spawn(|| Panics)),
        || thread::scope(|scope| drop(scope.spawn(|| Panics))),
        || drop(thread::spawn(|| std::panic::panic_any(Panics))),
    ];
    for leave in left {
        let failure = failure(move || {
            leave();
            // So that the detached ones have their turn.
            thread::sleep(Duration::from_secs(1));
        });
        let (message, _) = panic_of(&failure);
        assert_eq!(message, "fatal runtime error: thread result panicked on drop, aborting: in a result");
    }
}

#[test]
fn a_panic_whose_payload_panics_fails_the_test_alone() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a payload");
        }
    }
    let failure = failure(|| std::panic::panic_any(Panics));
    assert_eq!(panic_of(&failure).0, "a panic with a value that is no text");
}
