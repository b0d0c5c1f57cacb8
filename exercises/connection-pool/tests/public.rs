//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p connection-pool`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use connection_pool::{ConnectionPool, OverRelease, Semaphore, TimeoutError};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

/// A pool whose connections are numbers: 0, 1, 2 in the order in which they were opened.
fn pool(max_size: usize) -> ConnectionPool<usize> {
    let opened = AtomicUsize::new(0);
    let max_size = NonZeroUsize::new(max_size).expect("a pool has at least one place");
    ConnectionPool::new(max_size, move || opened.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn a_semaphore_counts_its_permits() {
    let semaphore = Semaphore::new(2);
    assert_eq!(semaphore.available(), 2);
    semaphore.acquire();
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Ok(()));
    assert_eq!(semaphore.available(), 0);
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Err(TimeoutError));
    assert_eq!(semaphore.release(), Ok(()));
    assert_eq!(semaphore.release(), Ok(()));
    assert_eq!(semaphore.release(), Err(OverRelease));
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn a_released_permit_wakes_a_waiter() {
    let semaphore = Arc::new(Semaphore::new(1));
    semaphore.acquire();
    let theirs = Arc::clone(&semaphore);
    let waiter = thread::spawn(move || {
        theirs.acquire();
        theirs.release()
    });
    assert_eq!(semaphore.release(), Ok(()));
    assert_eq!(waiter.join().expect("the waiter does not panic"), Ok(()));
    assert_eq!(semaphore.available(), 1);
}

#[test]
fn connections_are_opened_when_needed_and_reused() {
    let pool = pool(2);
    assert_eq!(pool.available(), 2);
    let first = pool.acquire();
    assert_eq!(*first, 0);
    first.release();
    assert_eq!(*pool.acquire(), 0, "the idle connection is used again");
    assert_eq!(pool.available(), 2);
}

#[test]
fn what_one_holder_wrote_the_next_one_reads() {
    let pool = pool(1);
    *pool.acquire() = 17;
    assert_eq!(*pool.acquire(), 17);
}

#[test]
fn a_timed_acquire_fails_after_its_timeout() {
    let timeout = Duration::from_millis(20);
    let pool = pool(1);
    let held = pool.acquire();
    let start = Instant::now();
    assert_eq!(pool.acquire_timeout(timeout).err(), Some(TimeoutError));
    assert!(start.elapsed() >= timeout);
    drop(held);
    assert!(pool.acquire_timeout(Duration::ZERO).is_ok());
}

#[test]
fn a_released_connection_wakes_a_waiter() {
    let pool = Arc::new(pool(1));
    let held = pool.acquire();
    let theirs = Arc::clone(&pool);
    let waiter = thread::spawn(move || *theirs.acquire());
    drop(held);
    assert_eq!(waiter.join().expect("the waiter does not panic"), 0);
}

#[test]
fn two_threads_share_one_connection() {
    let pool = Arc::new(pool(1));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || *pool.acquire())
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no thread panics"), 0, "only one connection is ever opened");
    }
    assert_eq!(pool.available(), 1);
}

#[test]
fn a_connection_comes_back_from_a_thread_that_panics() {
    let pool = Arc::new(pool(1));
    let theirs = Arc::clone(&pool);
    let thread = thread::spawn(move || {
        let _connection = theirs.acquire();
        panic!("this test makes the holder of a connection panic");
    });
    assert!(thread.join().is_err());
    assert!(pool.acquire_timeout(Duration::ZERO).is_ok());
}
