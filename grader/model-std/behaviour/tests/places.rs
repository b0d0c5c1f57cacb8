//! Panics of the model are at the caller's line, with the message of std.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use model_std::model::{Cause, Failure};
use model_std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use model_std::sync::atomic::{AtomicU32, Ordering, fence};
use model_std::sync::{Arc, LazyLock, Mutex, Once, mpsc};
use model_std::thread::{self, Builder, JoinHandle};
use model_std::time::Instant;
use outcomes::{failure, passes};

model_std::thread_local! {
    static CELL: RefCell<u32> = const { RefCell::new(0) };
    static GONE: Gone = const { Gone(Cell::new(0), RefCell::new(0)) };
}

struct Gone(Cell<u32>, RefCell<u32>);

impl Drop for Gone {
    fn drop(&mut self) {
        let gone = "cannot access a Thread Local Storage value during or after destruction: AccessError";
        panics_here(gone, || GONE.with(|gone| gone.0.set(gone.1.take())));
    }
}

/// Runs `call`, which panics with a message that begins like this, at a place in this file.
#[track_caller]
fn panics_here(begin: &str, call: impl FnOnce()) {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let notes = std::sync::Arc::clone(&seen);
    set_hook(Box::new(move |info| {
        let location = info.location().expect("a panic has a place");
        let message = info.payload_as_str().expect("a panic of std has a text").to_owned();
        *notes.lock().unwrap() = Some((message, location.file().to_owned()));
    }));
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "no panic: {begin}");
    let (message, file) = seen.lock().unwrap().take().expect("the hook has seen it");
    assert!(message.starts_with(begin), "{message:?} instead of {begin:?}");
    assert!(file.ends_with("tests/places.rs"), "{message:?} at {file}");
}

#[test]
fn threads() {
    passes(|| {
        let named = || Builder::new().name("a\0b".into());
        let nul = "thread name may not contain interior null bytes: NulError(1, ";
        panics_here(nul, || drop(named().spawn(|| ())));
        thread::scope(|scope| panics_here(nul, || drop(named().spawn_scoped(scope, || ()))));
        panics_here("a scoped thread panicked", || thread::scope(|scope| drop(scope.spawn(|| panic!()))));
    });
}

#[test]
fn a_thread_that_joins_itself() {
    passes(|| {
        let (sender, receiver) = mpsc::channel::<JoinHandle<()>>();
        let thread = thread::spawn(move || {
            let me = receiver.recv().unwrap();
            let deadlock = "failed to join thread: Resource deadlock avoided (os error 35)";
            panics_here(deadlock, || drop(me.join()));
        });
        sender.send(thread).unwrap();
        // It is never joined, so it is given the time to end.
        thread::sleep(Duration::from_secs(1));
    });
}

#[test]
fn thread_locals() {
    passes(|| {
        CELL.with(|cell| {
            let _borrowed = cell.borrow();
            panics_here("", || CELL.set(1));
            panics_here("", || assert_eq!(CELL.replace(1), 0));
            panics_here("", || assert_eq!(CELL.take(), 0));
            panics_here("", || CELL.with_borrow_mut(|_| ()));
        });
        CELL.with_borrow_mut(|_| panics_here("", || CELL.with_borrow(|_| ())));
        thread::spawn(|| GONE.with(|_| ())).join().unwrap();
    });
}

#[test]
fn instants() {
    passes(|| {
        let mut now = Instant::now();
        panics_here("overflow when adding duration to instant", || drop(Box::new(now + Duration::MAX)));
        panics_here("overflow when adding duration to instant", || now += Duration::MAX);
        panics_here("overflow when subtracting duration from instant", || {
            drop(Box::new(now - Duration::MAX))
        });
        panics_here("overflow when subtracting duration from instant", || now -= Duration::MAX);
        assert_eq!(now - Duration::from_secs(1 << 40) + Duration::from_secs(1 << 40), now);
        assert_eq!(format!("{now:?}"), "Instant { tv_sec: 1000000, tv_nsec: 0 }");
    });
}

#[test]
fn atomics() {
    passes(|| {
        let atomic = AtomicU32::new(0);
        panics_here("there is no such thing as a release load", || {
            drop(Box::new(atomic.load(Ordering::Release)))
        });
        panics_here("there is no such thing as an acquire store", || atomic.store(1, Ordering::Acquire));
        panics_here("there is no such thing as a relaxed fence", || fence(Ordering::Relaxed));
        panics_here("there is no such thing as a release failure ordering", || {
            assert!(atomic.compare_exchange(0, 1, Ordering::SeqCst, Ordering::Release).is_ok());
        });
        panics_here("there is no such thing as an acquire-release load", || {
            assert!(atomic.fetch_update(Ordering::SeqCst, Ordering::AcqRel, |_| Some(1)).is_ok());
        });
        panics_here("there is no such thing as a release load", || {
            assert!(atomic.try_update(Ordering::SeqCst, Ordering::Release, |_| Some(1)).is_ok());
        });
        panics_here("there is no such thing as a release load", || {
            drop(Box::new(atomic.update(Ordering::SeqCst, Ordering::Release, |_| 1)))
        });
    });
}

#[test]
fn initialisations() {
    passes(|| {
        let once = Once::new();
        let _ = catch_unwind(AssertUnwindSafe(|| once.call_once(|| panic!())));
        panics_here("Once instance has previously been poisoned", || once.call_once(|| ()));
        let lazy: Arc<LazyLock<u32>> = Arc::new(LazyLock::new(|| panic!("not made")));
        let _ = catch_unwind(AssertUnwindSafe(|| **lazy));
        panics_here("LazyLock instance has previously been poisoned", || drop(Box::new(**lazy)));
    });
}

/// Where a failure is.
fn file_of(failure: &Failure) -> &str {
    match &failure.cause {
        Cause::Panic { place: Some(place), .. } => &place.file,
        Cause::Deadlock {} => &failure.execution.waiting[0].place.file,
        cause => panic!("{cause:?}"),
    }
}

#[test]
fn failures_are_in_the_program() {
    let failures: [fn(); 4] = [
        || thread::spawn(|| assert!(thread::panicking(), "joined")).join().unwrap(),
        || thread::scope(|scope| drop(scope.spawn(|| panic!("in a scope")))),
        || loop {
            thread::park();
        },
        || {
            let lock = Mutex::new(());
            let (_first, _second) = (lock.lock(), lock.lock());
        },
    ];
    for program in failures {
        let failure = failure(program);
        assert!(file_of(&failure).ends_with("tests/places.rs"), "{failure}");
    }
}
