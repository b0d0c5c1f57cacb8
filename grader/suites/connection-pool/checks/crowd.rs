//! Many real threads.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use connection_pool::{ConnectionPool, OverRelease, Semaphore, TimeoutError};
use harness::stress::{Rng, seed, until_others_sleep};

use crate::instruments::{Lender, finish, ms, size, with};

const THREADS: usize = 8;
const TURNS: u64 = 1_000;

#[test]
fn many_threads_share_three_permits() {
    let semaphore = Arc::new(Semaphore::new(3));
    let (start, inside) = (Arc::new(Barrier::new(THREADS)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..THREADS as u64)
        .map(|number| {
            let (start, inside) = (Arc::clone(&start), Arc::clone(&inside));
            with("borrower", &semaphore, move |semaphore| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                for _ in 0..TURNS {
                    match rng.below(3) {
                        0 => semaphore.acquire(),
                        1 if semaphore.acquire_timeout(ms(rng.below(2))).is_err() => continue,
                        2 if semaphore.acquire_timeout(ms(60_000)).is_err() => panic!("none for a minute"),
                        _ => (),
                    }
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(now <= 3, "{now} holders of three permits");
                    if rng.below(4) == 0 {
                        thread::yield_now();
                    }
                    inside.fetch_sub(1, Ordering::SeqCst);
                    assert_eq!(semaphore.release(), Ok(()), "a holder's `release`");
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    assert_eq!(semaphore.available(), 3, "free at the end");
    assert_eq!(semaphore.release(), Err(OverRelease), "all were given back");
}

/// Knows whether a thread holds it.
struct Connection {
    number: usize,
    held: AtomicBool,
    queries: u64,
}

#[test]
fn many_threads_share_three_connections() {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let pool = Arc::new(ConnectionPool::new(size(3), move || {
        thread::yield_now();
        Connection { number: count.fetch_add(1, Ordering::SeqCst), held: AtomicBool::new(false), queries: 0 }
    }));
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS as u64)
        .map(|number| {
            let start = Arc::clone(&start);
            with("borrower", &pool, move |pool| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                (0..TURNS).filter(|_| take_turn(pool, &mut rng)).count() as u64
            })
        })
        .collect();
    let queries: u64 = threads.into_iter().map(finish).sum();
    let opened = opened.load(Ordering::SeqCst);
    assert!((1..=3).contains(&opened), "{opened} connections were opened, 3 is the most");
    assert_eq!(pool.available(), 3, "free at the end");
    let all = [pool.acquire(), pool.acquire(), pool.acquire()];
    let found: u64 = all.iter().map(|connection| (**connection).queries).sum();
    assert_eq!(found, queries, "what all holders together wrote into the connections");
}

/// Uses a connection once; returns whether it got one. Now and then the holder panics.
fn take_turn(pool: &ConnectionPool<Connection>, rng: &mut Rng) -> bool {
    let mut connection = match rng.below(4) {
        0 | 1 => pool.acquire(),
        2 => match pool.acquire_timeout(ms(rng.below(2))) {
            Ok(connection) => connection,
            Err(TimeoutError) => return false,
        },
        _ => pool.acquire_timeout(ms(60_000)).ok().expect("something became free within a minute"),
    };
    let Connection { number, held, queries } = &mut *connection;
    assert!(!held.swap(true, Ordering::SeqCst), "two threads held connection {number} at once");
    *queries += 1;
    if rng.below(4) == 0 {
        thread::yield_now();
    }
    (*connection).held.store(false, Ordering::SeqCst);
    match rng.below(8) {
        0 => {
            // `resume_unwind` is a panic that prints nothing.
            let gone = AssertUnwindSafe(move || {
                let _connection = connection;
                panic::resume_unwind(Box::new(()));
            });
            assert!(panic::catch_unwind(gone).is_err());
        }
        1..4 => connection.release(),
        _ => drop(connection),
    }
    true
}

/// Releases race with timeouts; a waiter without a timeout must get what the other one did not take.
fn releases_race_with_timeouts<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let mut rng = Rng::new(seed());
    let patience = Duration::from_micros(120);
    for _ in 0..400 {
        let waiters = L::hold(&lender, || {
            let ready = Arc::new(Barrier::new(3));
            let (impatient, patient) = (Arc::clone(&ready), Arc::clone(&ready));
            let waiters = [
                with("timed waiter", &lender, move |lender| {
                    impatient.wait();
                    L::hold_within(&lender, patience, || ());
                }),
                with("waiter", &lender, move |lender| {
                    patient.wait();
                    L::hold(&lender, || ());
                }),
            ];
            ready.wait();
            thread::sleep(patience.mul_f64(rng.below(100) as f64 / 100.0));
            waiters
        });
        waiters.into_iter().for_each(finish);
        assert_eq!(L::free(&lender), 1, "free when all have ended");
    }
}

#[test]
fn a_release_that_meets_a_timeout_loses_no_permit() {
    releases_race_with_timeouts::<Semaphore>();
}

#[test]
fn a_release_that_meets_a_timeout_loses_no_connection() {
    releases_race_with_timeouts::<ConnectionPool<()>>();
}

/// More than a byte can count. Each gives back what it gets, for the next one.
fn three_hundred_wait<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let waiters: Vec<_> = L::hold(&lender, || {
        let waiters = (0..300).map(|_| with("waiter", &lender, |lender| L::hold(&lender, || ()))).collect();
        until_others_sleep();
        waiters
    });
    waiters.into_iter().for_each(finish);
    assert_eq!(L::free(&lender), 1, "free when all have ended");
}

#[test]
fn three_hundred_that_wait_all_get_a_permit() {
    three_hundred_wait::<Semaphore>();
}

#[test]
fn three_hundred_that_wait_all_get_a_connection() {
    three_hundred_wait::<ConnectionPool<()>>();
}
