//! More threads than can be searched: in schedules that are sampled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connection_pool::{ConnectionPool, Semaphore};
use harness::model::choose;

use crate::instruments::{Lender, finish, ms, with};

const THREADS: usize = 8;

/// Eight threads hold three, with and without a timeout.
fn three_are_shared_by_many<L: Lender>() {
    let lender = Arc::new(L::lending(3));
    let inside = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let inside = Arc::clone(&inside);
            let ways = [choose(4), choose(4)];
            with("borrower", &lender, move |lender| {
                let hold = || {
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(now <= 3, "{now} holders at once, where three are allowed");
                    inside.fetch_sub(1, Ordering::SeqCst);
                };
                for way in ways {
                    match way {
                        0 => _ = L::hold_within(&lender, ms(0), hold),
                        1 => _ = L::hold_within(&lender, ms(5), hold),
                        _ => L::hold(&lender, hold),
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(finish);
    assert_eq!(L::free(&lender), 3, "free at the end");
    let all = L::hold(&lender, || L::hold(&lender, || L::hold_within(&lender, ms(0), || L::free(&lender))));
    assert_eq!(all, Some(0), "free when all three are held again");
}

/// Those who wait without a timeout get what the others did not take. They may be more than there are rows in a table of 16.
fn releases_meet_timeouts<L: Lender>() {
    let lender = Arc::new(L::lending(1));
    let patient = [2, 17][choose(2)];
    let waiters = L::hold(&lender, || {
        let timed = [5, 5, 10].map(|timeout| {
            with("timed waiter", &lender, move |lender| _ = L::hold_within(&lender, ms(timeout), || ()))
        });
        let patient = (0..patient).map(|_| with("waiter", &lender, |lender| L::hold(&lender, || ())));
        timed.into_iter().chain(patient).collect::<Vec<_>>()
    });
    waiters.into_iter().for_each(finish);
    assert_eq!(L::free(&lender), 1, "free when all have ended");
    assert!(L::hold_within(&lender, ms(0), || ()).is_some(), "a try when everything is free");
}

#[test]
fn eight_threads_share_three_permits() {
    three_are_shared_by_many::<Semaphore>();
}

#[test]
fn eight_threads_share_three_connections() {
    three_are_shared_by_many::<ConnectionPool<()>>();
}

#[test]
fn releases_that_meet_timeouts_lose_no_permit() {
    releases_meet_timeouts::<Semaphore>();
}

#[test]
fn releases_that_meet_timeouts_lose_no_connection() {
    releases_meet_timeouts::<ConnectionPool<()>>();
}
