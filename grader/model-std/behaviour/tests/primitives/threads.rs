//! `std::thread` and `std::time`.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

use model_std::model::{Cause, Execution, Operation, Outcome, Search, ThreadId, lateness};
use model_std::sync::Mutex;
use model_std::sync::atomic::AtomicBool;
use model_std::thread::{self, Builder};
use model_std::time::Instant;
use outcomes::{failure, is_spurious_wakeup, outcomes, passes, set};

#[test]
fn join_returns_the_result_or_the_panic() {
    passes(|| {
        assert_eq!(thread::spawn(|| 5).join().unwrap(), 5);
        let number = std::hint::black_box(7);
        let payload = thread::spawn(move || panic!("number {number}")).join().map(|_: ()| ()).unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "number 7");
        assert!(!thread::panicking());
    });
}

#[test]
fn a_panic_that_is_unwrapped_is_reported_as_what_it_was() {
    let failure = failure(|| {
        thread::spawn(|| assert_eq!(1 + 1, 3, "arithmetic")).join().unwrap();
    });
    assert!(matches!(failure.cause, Cause::Panic { .. }), "{failure}");
    assert!(
        failure.message().starts_with("thread T1 panicked: assertion `left == right` failed: arithmetic"),
        "{}",
        failure.message()
    );
    let Cause::Panic { place: Some(place), .. } = &failure.cause else { panic!("{failure}") };
    assert!(place.file.ends_with("threads.rs"), "{place}");
}

#[test]
fn a_scope_joins_its_threads_and_passes_panics_on() {
    passes(|| {
        let mut numbers = vec![1, 2];
        let sum = thread::scope(|scope| {
            let (a, b) = numbers.split_at_mut(1);
            let handle = scope.spawn(|| a[0] *= 10);
            let nested = scope.spawn(|| scope.spawn(|| 4).join().unwrap());
            b[0] *= 100;
            handle.join().unwrap();
            nested.join().unwrap()
        });
        assert_eq!((numbers, sum), (vec![10, 200], 4));
    });
    let failure = failure(|| thread::scope(|scope| drop(scope.spawn(|| panic!("lost?")))));
    assert!(failure.message().contains("thread T1 panicked: lost?"), "{}", failure.message());
    passes(|| {
        thread::scope(|scope| assert!(scope.spawn(|| panic!("handled")).join().is_err()));
    });
}

#[test]
fn a_caught_panic_fails_nothing() {
    passes(|| {
        let caught = model_std::panic::catch_unwind(|| panic!("caught"));
        assert!(caught.is_err());
        assert!(!thread::panicking());
    });
}

#[test]
fn a_panic_that_is_resumed_fails_the_test() {
    let failure = failure(|| {
        let Err(payload) = thread::spawn(|| panic!("passed on")).join();
        model_std::panic::resume_unwind(payload);
    });
    assert!(failure.message().contains("passed on"), "{}", failure.message());
}

#[test]
fn a_thread_may_be_seen_before_and_after_its_end() {
    let seen = outcomes(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || other.store(true, SeqCst));
        let stored = flag.load(SeqCst);
        let finished = thread.is_finished();
        thread.join().unwrap();
        (stored, finished)
    });
    assert_eq!(seen, set([(false, false), (false, true), (true, false), (true, true)]));
}

#[test]
fn parking_takes_the_token_or_waits_for_it() {
    passes(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let (main, other) = (thread::current(), Arc::clone(&ready));
        let thread = thread::spawn(move || {
            other.store(true, Relaxed);
            main.unpark();
        });
        while !ready.load(Relaxed) {
            thread::park();
        }
        thread.join().unwrap();
    });
    let failure = failure(thread::park);
    assert_eq!(failure.cause, Cause::Deadlock {});
    assert!(failure.message().contains("main is parked"), "{}", failure.message());
}

#[test]
fn a_park_may_end_spuriously() {
    let failure = failure(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let (main, other) = (thread::current(), Arc::clone(&ready));
        let thread = thread::spawn(move || {
            other.store(true, Relaxed);
            main.unpark();
        });
        thread::park();
        assert!(ready.load(Relaxed));
        thread.join().unwrap();
    });
    assert!(failure.execution.steps.iter().any(is_spurious_wakeup), "{failure}");
}

#[test]
fn tokens_do_not_add_up() {
    let failure = failure(|| {
        let me = thread::current();
        me.unpark();
        me.unpark();
        thread::park();
        thread::park();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
}

#[test]
fn a_timed_park_ends_by_the_token_or_by_the_clock() {
    let ends = outcomes(|| {
        let start = Instant::now();
        let main = thread::current();
        let thread = thread::spawn(move || main.unpark());
        thread::park_timeout(Duration::from_millis(3));
        let waited = (start.elapsed() - lateness()).as_millis();
        thread.join().unwrap();
        waited
    });
    assert_eq!(
        ends,
        set([0, 1, 3]),
        "at once, half-way by a spurious wakeup, or when the timeout has elapsed"
    );
}

#[test]
fn sleeping_moves_the_clock_and_orders_nothing() {
    let seen = outcomes(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let start = Instant::now();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_secs(60));
            other.store(true, SeqCst);
        });
        thread::sleep(Duration::from_secs(3600));
        let seen = flag.load(SeqCst);
        thread.join().unwrap();
        (seen, (start.elapsed() - lateness()).as_secs())
    });
    // A thread that may run need not run: even an hour of sleep is no synchronisation.
    assert_eq!(seen, set([(false, 3600), (true, 3600)]));
}

#[test]
fn threads_have_names_and_ids() {
    passes(|| {
        let thread = Builder::new().name("worker".into()).stack_size(1 << 20).spawn(thread::current).unwrap();
        assert_eq!(thread.thread().name(), Some("worker"));
        let id = thread.thread().id();
        let seen = thread.join().unwrap();
        assert_eq!((seen.id(), seen.name()), (id, Some("worker")));
        assert_ne!(thread::current().id(), id);
        assert!(thread::available_parallelism().is_ok());
        thread::scope(|scope| {
            let scoped =
                Builder::new().spawn_scoped(scope, || thread::current().name().map(String::from)).unwrap();
            assert_eq!(scoped.join().unwrap(), None);
        });
    });
}

/// The threads of a failing schedule in the order of their first steps, when the threads that it starts have
/// these names.
fn names_in_a_schedule(names: &'static [&str]) -> Vec<String> {
    let failure = failure(move || {
        let flag = Arc::new(AtomicBool::new(false));
        for name in names {
            let flag = Arc::clone(&flag);
            let builder = if name.is_empty() { Builder::new() } else { Builder::new().name((*name).into()) };
            builder.spawn(move || flag.load(SeqCst)).unwrap().join().unwrap();
        }
        panic!("so that there is a schedule");
    });
    let Execution { threads, steps, .. } = &failure.execution;
    let name = |thread: ThreadId| threads[thread.index()].name.clone();
    let started = steps.iter().filter_map(|step| match step.operation {
        Operation::Spawn { thread } => Some(name(thread)),
        _ => None,
    });
    let started: Vec<String> = started.collect();
    let loads = steps.iter().filter(|step| matches!(step.operation, Operation::Load { .. }));
    assert!(loads.map(|step| name(step.thread)).eq(started.iter().cloned()), "{failure}");
    assert_eq!(name(steps[0].thread), "main");
    started
}

#[test]
fn a_schedule_calls_threads_by_their_names() {
    assert_eq!(names_in_a_schedule(&["reader", "writer"]), ["reader", "writer"]);
    assert_eq!(names_in_a_schedule(&["", "writer", ""]), ["T1", "writer", "T3"]);
}

#[test]
fn a_schedule_numbers_threads_with_the_same_name() {
    assert_eq!(names_in_a_schedule(&["reader", "writer", "reader"]), ["reader 1", "writer", "reader 2"]);
}

#[test]
fn a_schedule_never_gives_two_threads_one_name() {
    assert_eq!(names_in_a_schedule(&["a", "a 1", "a"]), ["T1", "T2", "a 2"]);
    assert_eq!(names_in_a_schedule(&["main", "T3", ""]), ["T1", "T2", "T3"]);
}

model_std::thread_local! {
    static LOCAL: std::cell::Cell<u32> = const { std::cell::Cell::new(1) };
    static NOTES: std::cell::RefCell<Vec<u32>> = std::cell::RefCell::default();
    static LAST: std::cell::RefCell<Option<AddsOnDrop>> = const { std::cell::RefCell::new(None) };
}

struct AddsOnDrop(Arc<Mutex<u32>>);

impl Drop for AddsOnDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
    }
}

#[test]
fn thread_locals_are_per_model_thread_and_per_execution() {
    passes(|| {
        LOCAL.set(LOCAL.get() + 1);
        NOTES.with_borrow_mut(|notes| notes.push(1));
        let other = thread::spawn(|| {
            NOTES.with_borrow_mut(|notes| notes.push(2));
            (LOCAL.replace(9), NOTES.take())
        });
        assert_eq!(other.join().unwrap(), (1, vec![2]));
        assert_eq!((LOCAL.get(), NOTES.take()), (2, vec![1]));
    });
}

#[test]
fn thread_locals_are_dropped_before_join_returns() {
    passes(|| {
        let drops = Arc::new(Mutex::new(0));
        let other = Arc::clone(&drops);
        thread::spawn(move || LAST.set(Some(AddsOnDrop(other)))).join().unwrap();
        assert_eq!(*drops.lock().unwrap(), 1);
    });
}

#[test]
fn a_thread_that_is_never_joined_does_not_hold_the_test_up() {
    passes(|| {
        let lock = Arc::new(Mutex::new(()));
        let guard = lock.lock().unwrap();
        let other = Arc::clone(&lock);
        drop(thread::spawn(move || drop(other.lock())));
        std::mem::forget(guard);
    });
}

#[test]
fn the_failure_is_handed_over_before_anything_unwinds() {
    struct Unwinds(Arc<std::sync::Mutex<Vec<&'static str>>>);
    impl Drop for Unwinds {
        fn drop(&mut self) {
            self.0.lock().unwrap().push("unwound");
        }
    }
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (sink, program) = (Arc::clone(&order), Arc::clone(&order));
    let outcome =
        Search::default().on_failure(move |_| sink.lock().unwrap().push("reported")).run(move || {
            let _unwinds = Unwinds(Arc::clone(&program));
            panic!("on purpose");
        });
    assert!(matches!(outcome, Outcome::Failed(_)));
    assert_eq!(*order.lock().unwrap(), ["reported", "unwound"]);
}

#[test]
fn a_panic_that_is_caught_while_another_one_unwinds_fails_nothing() {
    struct Catches;
    impl Drop for Catches {
        fn drop(&mut self) {
            assert!(thread::panicking());
            assert!(model_std::panic::catch_unwind(|| panic!("in between")).is_err());
        }
    }
    passes(|| {
        let thread = thread::spawn(|| {
            let _catches = Catches;
            panic!("on purpose");
        });
        assert_eq!(thread.join().map(|_: ()| ()).unwrap_err().downcast_ref(), Some(&"on purpose"));
    });
}

#[test]
fn a_thread_without_operations_takes_its_time_to_end() {
    let finished = outcomes(|| {
        let thread = thread::spawn(|| ());
        let finished = [thread.is_finished(), thread.is_finished()];
        thread.join().unwrap();
        finished
    });
    assert_eq!(finished, set([[false, false], [false, true], [true, true]]));
    let of_two = outcomes(|| {
        thread::scope(|scope| {
            let threads = [scope.spawn(|| ()), scope.spawn(|| panic!("on purpose"))];
            let finished = [threads[0].is_finished(), threads[1].is_finished()];
            assert!(threads.map(|thread| thread.join().is_ok()) == [true, false]);
            finished
        })
    });
    assert_eq!(of_two, set([[false, false], [false, true], [true, false], [true, true]]));
}
