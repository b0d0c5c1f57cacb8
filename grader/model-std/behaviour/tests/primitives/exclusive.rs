//! Whoever has something to itself has been handed it: what others did to it before happens before. How it was handed over
//! may be what the model does not see, the count of an `Arc`.

use std::sync::Arc;

use model_std::sync::atomic::AtomicU32;
use model_std::sync::atomic::Ordering::{Relaxed, Release};
use model_std::sync::{Mutex, OnceLock, RwLock};
use model_std::thread;
use outcomes::{outcomes, passes, set};

/// Starts a thread that shares a value until its end, and waits, without a join, until this one has it alone. The other one
/// stores 1 to the second atomic.
fn alone<T: Send + Sync + 'static>(value: T, theirs: fn(&T, &AtomicU32)) -> (T, Arc<AtomicU32>) {
    let (mut shared, other) = (Arc::new(value), Arc::new(AtomicU32::new(0)));
    let (their_value, their_other) = (Arc::clone(&shared), Arc::clone(&other));
    thread::spawn(move || theirs(&their_value, &their_other));
    loop {
        match Arc::try_unwrap(shared) {
            Ok(value) => return (value, other),
            Err(again) => shared = again,
        }
        thread::yield_now();
    }
}

#[test]
fn an_atomic_that_was_moved_has_its_newest_value() {
    let accesses: [fn(AtomicU32) -> u32; 5] = [
        |atomic| atomic.load(Relaxed),
        |atomic| atomic.swap(2, Relaxed),
        |atomic| atomic.compare_exchange(1, 2, Relaxed, Relaxed).unwrap_or(9),
        |atomic| format!("{atomic:?}").parse().unwrap(),
        AtomicU32::into_inner,
    ];
    for access in accesses {
        passes(move || {
            let (atomic, _) = alone(AtomicU32::new(0), |atomic, _| atomic.store(1, Relaxed));
            assert_eq!(access(atomic), 1);
        });
    }
    passes(|| {
        let (atomic, _) = alone(AtomicU32::new(0), |atomic, _| atomic.store(1, Relaxed));
        // It takes its place behind the other one.
        atomic.store(2, Relaxed);
        assert_eq!(atomic.load(Relaxed), 2);
    });
}

#[test]
fn a_part_of_what_was_moved_was_moved_as_well() {
    passes(|| {
        let (atomics, _) = alone([AtomicU32::new(0), AtomicU32::new(0)], |atomics, _| {
            atomics[0].store(1, Relaxed);
            atomics[1].store(1, Relaxed);
        });
        assert_eq!([atomics[1].load(Relaxed), atomics[0].load(Relaxed)], [1, 1]);
    });
}

#[test]
fn what_was_released_with_it_comes_along() {
    passes(|| {
        let (flag, other) = alone(AtomicU32::new(0), |flag, other| {
            other.store(1, Relaxed);
            flag.store(1, Release);
        });
        assert_eq!((flag.into_inner(), other.load(Relaxed)), (1, 1));
    });
    passes(|| {
        let (mut mutex, other) = alone(Mutex::new(0), |mutex, other| {
            let mut data = mutex.lock().unwrap();
            other.store(1, Relaxed);
            *data = 1;
        });
        assert_eq!((*mutex.get_mut().unwrap(), other.load(Relaxed)), (1, 1));
        assert_eq!(mutex.into_inner().unwrap(), 1);
    });
    passes(|| {
        let (lock, other) = alone(RwLock::new(0), |lock, other| {
            let data = lock.read().unwrap();
            other.store(1, Relaxed);
            drop(data);
        });
        assert_eq!((lock.into_inner().unwrap(), other.load(Relaxed)), (0, 1));
    });
    passes(|| {
        let (mut lock, other) = alone(RwLock::new(0), |lock, other| {
            let mut data = lock.write().unwrap();
            other.store(1, Relaxed);
            *data = 1;
        });
        assert_eq!((*lock.get_mut().unwrap(), other.load(Relaxed)), (1, 1));
    });
    passes(|| {
        let (mut cell, other) = alone(OnceLock::new(), |cell, other| {
            other.store(1, Relaxed);
            cell.set(1).unwrap();
        });
        assert_eq!((cell.get_mut().copied(), other.load(Relaxed)), (Some(1), 1));
        assert_eq!(cell.take(), Some(1));
    });
}

#[test]
fn what_is_shared_is_as_stale_as_before() {
    let read = outcomes(|| {
        let atomic = Arc::new(AtomicU32::new(0));
        let theirs = Arc::clone(&atomic);
        let thread = thread::spawn(move || theirs.store(1, Relaxed));
        while !thread.is_finished() {
            thread::yield_now();
        }
        // The handle has moved, and the atomic has not. That a thread has finished, nobody has acquired.
        let moved = Arc::clone(&atomic);
        moved.load(Relaxed)
    });
    assert_eq!(read, set([0, 1]));
}
