//! `Debug` of the types that others change meanwhile: it looks at them in steps, as std's does.

use std::sync::Arc;

use model_std::model::Failure;
use model_std::sync::atomic::Ordering::{Relaxed, SeqCst};
use model_std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32};
use model_std::sync::{LazyLock, Mutex, OnceLock, RwLock};
use model_std::thread;
use outcomes::{failure, outcomes, set};

#[test]
fn showing_an_atomic_is_a_load() {
    let seen = outcomes(|| {
        let shared = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            theirs[0].store(1, SeqCst);
            format!("{:?}", theirs[1])
        });
        shared[1].store(1, SeqCst);
        let mine = format!("{:?}", shared[0]);
        (mine, thread.join().unwrap())
    });
    // It is relaxed, as std's: both may read the older value.
    let pairs = [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")];
    assert_eq!(seen, set(pairs.map(|(mine, theirs)| (mine.to_owned(), theirs.to_owned()))));
}

#[test]
fn every_atomic_can_change_between_two_looks() {
    let seen = outcomes(|| {
        let shared = Arc::new((AtomicBool::new(false), AtomicPtr::new(std::ptr::null_mut::<u8>())));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            theirs.1.store(std::ptr::without_provenance_mut(16), Relaxed);
            theirs.0.store(true, Relaxed);
        });
        let shown = format!("{:?} {:?} {:p} {:?}", shared.0, shared.1, shared.1, shared.0);
        thread.join().unwrap();
        shown
    });
    assert!(seen.contains("false 0x0 0x0 false") && seen.contains("true 0x10 0x10 true"), "{seen:?}");
    assert!(seen.contains("false 0x0 0x10 true") && seen.contains("true 0x0 0x0 true"), "{seen:?}");
    assert!(!seen.iter().any(|shown| shown.contains("0x10 0x0") || shown.starts_with("true 0x0 0x10 false")));
}

/// A failure whose steps are all in this file.
#[track_caller]
fn is_all_here(program: impl Fn() + Send + Sync + 'static) {
    let failure: Failure = failure(move || {
        // Before its first step, a thread is where it was started.
        thread::yield_now();
        program();
    });
    assert!(!failure.execution.steps.is_empty(), "{failure}");
    for step in &failure.execution.steps {
        assert!(step.place.file.ends_with("tests/formats.rs"), "{failure}");
    }
}

#[test]
fn what_is_shown_is_looked_at_where_the_thread_is() {
    is_all_here(|| {
        let mutex = Mutex::new(1);
        let shown = format!("{mutex:?}");
        let guard = mutex.lock().unwrap();
        panic!("{shown} {guard:?} {guard} {mutex:?}");
    });
    is_all_here(|| {
        let lock = RwLock::new(1);
        let shown = format!("{lock:?}");
        let reader = lock.read().unwrap();
        let read = format!("{reader:?} {reader}");
        drop(reader);
        let writer = lock.write().unwrap();
        panic!("{shown} {read} {writer:?} {writer} {lock:?}");
    });
    is_all_here(|| {
        let cell = OnceLock::from(1);
        assert_eq!(cell.clone(), OnceLock::new());
    });
    is_all_here(|| {
        let lazy = LazyLock::new(|| 1);
        let shown = format!("{lazy:?}");
        panic!("{shown} {} {lazy:?}", *lazy);
    });
    is_all_here(|| {
        let (number, pointer) = (AtomicU32::new(1), AtomicPtr::new(std::ptr::null_mut::<u8>()));
        let shown = format!("{number:?} {pointer:p}");
        panic!("{shown} {pointer:?}");
    });
}
