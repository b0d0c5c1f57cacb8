//! The pool on a single thread.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connection_pool::{ConnectionPool, TimeoutError};

use crate::instruments::{ms, numbered, size, while_unwinding};

#[test]
fn connections_are_opened_when_they_are_needed() {
    let (pool, opened) = numbered(3);
    let opened = || opened.load(Ordering::Relaxed);
    assert_eq!((opened(), pool.available()), (0, 3), "opened and available in a new pool of 3");
    let first = pool.acquire();
    assert_eq!((opened(), pool.available()), (1, 2), "opened and available, one held");
    let second = pool.acquire_timeout(Duration::ZERO).expect("two places are free");
    assert_eq!((opened(), pool.available()), (2, 1), "opened and available, two held");
    drop(first);
    assert_eq!((opened(), pool.available()), (2, 2), "opened and available, one of two given back");
    drop(second);
    assert_eq!((opened(), pool.available()), (2, 3), "opened and available, all given back");
}

#[test]
fn idle_connections_are_used_again() {
    let (pool, opened) = numbered(4);
    for round in 0..20 {
        match round % 4 {
            0 => drop(pool.acquire()),
            1 => pool.acquire().release(),
            2 => pool.acquire_timeout(Duration::ZERO).expect("all are free").release(),
            _ => pool.acquire_timeout(ms(1)).expect("all are free").release(),
        }
        assert_eq!(opened.load(Ordering::Relaxed), 1, "opened, with one holder at a time");
    }
    for _ in 0..5 {
        let both = (pool.acquire(), pool.acquire());
        assert_ne!(*both.0, *both.1, "the numbers of two connections held at once");
        assert_eq!(opened.load(Ordering::Relaxed), 2, "opened, with two holders at a time");
    }
    assert_eq!(pool.available(), 4, "free at the end");
}

#[test]
fn no_more_than_the_maximum_are_lent() {
    for max_size in [1, 2, 5, 300] {
        let (pool, opened) = numbered(max_size);
        let held: Vec<_> = (0..max_size).map(|_| pool.acquire()).collect();
        let mut numbers: Vec<_> = held.iter().map(|connection| **connection).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, Vec::from_iter(0..max_size), "the connections that are held");
        assert_eq!(pool.available(), 0, "available when all {max_size} are held");
        assert_eq!(
            pool.acquire_timeout(Duration::ZERO).err(),
            Some(TimeoutError),
            "one more than {max_size}, at once"
        );
        assert_eq!(
            pool.acquire_timeout(ms(2)).err(),
            Some(TimeoutError),
            "one more than {max_size}, with a timeout"
        );
        for (returned, connection) in held.into_iter().enumerate() {
            assert_eq!(pool.available(), returned, "{returned} given back");
            connection.release();
        }
        assert_eq!(pool.available(), max_size, "all given back");
        assert_eq!(opened.load(Ordering::Relaxed), max_size, "opened");
    }
}

#[test]
fn release_gives_back_once() {
    let (pool, opened) = numbered(2);
    let first = pool.acquire();
    let second = pool.acquire();
    first.release();
    assert_eq!(pool.available(), 1, "two held, one of them released");
    let third = pool.acquire();
    assert_eq!(pool.available(), 0, "and acquired again");
    assert!(pool.acquire_timeout(Duration::ZERO).is_err(), "one more than two");
    assert_ne!(*second, *third, "the numbers of two connections held at once");
    assert_eq!(opened.load(Ordering::Relaxed), 2, "opened");
}

#[test]
fn the_holder_reads_and_writes_the_connection() {
    let pool = ConnectionPool::new(size(1), || vec![1]);
    let mut connection = pool.acquire();
    Vec::push(&mut connection, 2);
    *connection = (*connection).iter().map(|number| number * 10).collect();
    assert_eq!(*connection, [10, 20], "what the holder wrote");
    drop(connection);
    assert_eq!((*pool.acquire()).len(), 2, "what the holder before wrote");
}

#[test]
fn a_holder_that_panics_gives_back() {
    let (pool, opened) = numbered(2);
    for _ in 0..5 {
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
            let _first = pool.acquire();
            let _second = pool.acquire_timeout(ms(1)).expect("one is free");
            panic!("the check makes this holder panic");
        }));
        assert!(panicked.is_err());
        assert_eq!(pool.available(), 2, "after a holder of two panicked");
    }
    let both = [pool.acquire(), pool.acquire_timeout(Duration::ZERO).expect("one is free")];
    assert_ne!(*both[0], *both[1], "the numbers of two connections held at once");
    assert_eq!(opened.load(Ordering::Relaxed), 2, "opened");
    a_panic_of_its_holder_is_none_of_connect();
}

/// A destructor acquires while the stack unwinds: to the pool it is a holder like any other.
fn a_panic_of_its_holder_is_none_of_connect() {
    let (pool, opened) = numbered(1);
    let seen = while_unwinding(|| {
        let _held = pool.acquire();
        (pool.available(), pool.acquire_timeout(Duration::ZERO).is_err())
    });
    assert_eq!(
        seen,
        (0, true),
        "available, and whether one more was refused, in a destructor that holds the only one"
    );
    assert_eq!((pool.available(), opened.load(Ordering::Relaxed)), (1, 1), "available, and opened, after it");
}

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn every_connection_is_dropped_once_with_the_pool() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    let pool = ConnectionPool::new(size(3), move || Counted(Arc::clone(&count)));
    let (first, second) = (pool.acquire(), pool.acquire());
    first.release();
    drop(second);
    drop(pool.acquire());
    assert_eq!(
        dropped.load(Ordering::Relaxed),
        0,
        "connections dropped while the pool could still reuse them"
    );
    drop(pool);
    assert_eq!(dropped.load(Ordering::Relaxed), 2, "connections dropped with the pool, of two opened");
}

/// While the other one of them opens a connection: a session that is built on a connection, for one.
#[test]
fn a_connect_may_use_another_pool() {
    let (below, opened) = numbered(1);
    let above = ConnectionPool::new(size(1), move || {
        let number = *below.acquire();
        (number, below.available())
    });
    assert_eq!(*above.acquire(), (0, 1), "what a connection of another pool was, and how many it had left");
    assert_eq!((above.available(), opened.load(Ordering::Relaxed)), (1, 1), "available, and opened below");
}

/// Neither `Clone` nor anything else.
struct Plain;

#[test]
fn any_type_can_be_a_connection() {
    let pool = ConnectionPool::new(size(2), || Plain);
    let _: &Plain = &pool.acquire();
    let boxed = ConnectionPool::new(size(1), || -> Box<dyn Fn() -> usize + Send + Sync> { Box::new(|| 7) });
    assert_eq!((*boxed.acquire())(), 7);
}
