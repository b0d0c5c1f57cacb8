//! Waiting for a connection: the promises, checked on the pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use connection_pool::ConnectionPool;

use crate::instruments::{finish, numbered, size, with};
use crate::promises;
#[cfg(engine = "model")]
use crate::timing;

#[test]
fn timed_holders_are_limited_too() {
    promises::timed_holders_are_limited::<ConnectionPool<()>>();
}

#[test]
fn giving_back_wakes_a_waiter() {
    promises::giving_back_wakes_a_waiter::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn giving_back_wakes_a_timed_waiter() {
    timing::giving_back_wakes_a_timed_waiter::<ConnectionPool<()>>();
}

#[test]
fn every_waiter_is_served() {
    promises::every_waiter_is_served::<ConnectionPool<()>>();
}

#[test]
fn two_given_back_wake_two() {
    promises::two_given_back_wake_two::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn two_given_back_wake_a_timed_waiter_as_well() {
    timing::two_given_back_wake_a_timed_waiter_as_well::<ConnectionPool<()>>();
}

#[test]
fn a_waiter_gets_its_turn_among_others() {
    promises::a_waiter_gets_its_turn_among_others::<ConnectionPool<()>>();
}

#[test]
fn a_try_succeeds_while_something_is_free() {
    promises::a_try_succeeds_while_something_is_free::<ConnectionPool<()>>();
}

#[test]
fn the_number_free_is_always_possible() {
    promises::the_number_free_is_always_possible::<ConnectionPool<()>>();
}

#[test]
fn giving_up_loses_no_notification() {
    promises::giving_up_loses_no_notification::<ConnectionPool<()>>();
}

#[test]
fn a_waiter_does_not_hold_up_a_timed_one() {
    promises::a_waiter_does_not_hold_up_a_timed_one::<ConnectionPool<()>>();
}

#[test]
fn giving_up_leaves_no_trace() {
    promises::giving_up_leaves_no_trace::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn a_slow_thread_takes_what_is_free() {
    timing::a_slow_thread_takes_what_is_free::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn a_timed_wait_does_not_fail_early() {
    timing::fails_neither_early_nor_served::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn a_stolen_wake_up_is_no_timeout() {
    timing::a_stolen_wake_up_is_no_timeout::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn a_wake_up_does_not_restart_the_clock() {
    timing::a_wake_up_does_not_restart_the_clock::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn being_unparked_does_not_restart_the_clock() {
    timing::being_unparked_does_not_restart_the_clock::<ConnectionPool<()>>();
}

#[cfg(engine = "model")]
#[test]
fn a_timed_waiter_is_woken_before_its_time_is_over() {
    harness::model::expect_some(timing::is_woken_before_its_time_is_over::<ConnectionPool<()>>);
}

/// Marks the connection as used while it holds it; returns its number, and whether it was in use already.
fn use_once(pool: &ConnectionPool<(usize, AtomicBool)>) -> (usize, bool) {
    let connection = pool.acquire();
    let (number, in_use) = &*connection;
    let doubled = in_use.swap(true, Ordering::Relaxed);
    in_use.store(false, Ordering::Relaxed);
    let number = *number;
    connection.release();
    (number, doubled)
}

/// This thread and `others` use connections at once.
fn shared_by(max_size: usize, others: usize) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let pool = Arc::new(ConnectionPool::new(size(max_size), move || {
        thread::yield_now();
        (count.fetch_add(1, Ordering::Relaxed), AtomicBool::new(false))
    }));
    let others: Vec<_> = (0..others).map(|_| with("borrower", &pool, use_once)).collect();
    let mut seen = vec![use_once(&pool)];
    seen.extend(others.into_iter().map(finish));
    assert!(seen.iter().all(|(_, doubled)| !doubled), "two threads held the same connection at once");
    let opened = opened.load(Ordering::Relaxed);
    assert!(opened <= max_size, "{opened} connections were opened, {max_size} is the most");
    assert!(seen.iter().all(|(number, _)| *number < opened), "a connection that was never opened: {seen:?}");
    assert_eq!(pool.available(), max_size, "free at the end");
}

#[test]
fn two_threads_share_one_connection() {
    shared_by(1, 1);
}

#[test]
fn three_threads_share_two_connections() {
    shared_by(2, 2);
}

#[test]
fn release_wakes_a_waiter_as_a_drop_does() {
    let (pool, opened) = numbered(1);
    let pool = Arc::new(pool);
    let held = pool.acquire();
    let waiter = with("waiter", &pool, |pool| pool.acquire().release());
    held.release();
    finish(waiter);
    assert_eq!(opened.load(Ordering::Relaxed), 1, "connections opened");
    assert_eq!(pool.available(), 1, "free at the end");
}

#[test]
fn a_panicking_holder_wakes_a_waiter() {
    let (pool, _) = numbered(1);
    let pool = Arc::new(pool);
    let holder = with("borrower", &pool, |pool| {
        let _held = pool.acquire();
        panic!("the check makes this holder panic");
    });
    let waiter = with("waiter", &pool, |pool| *pool.acquire());
    assert!(holder.join().is_err());
    assert_eq!(finish(waiter), 0, "the number of the only connection");
    assert_eq!(pool.available(), 1, "free at the end");
}
