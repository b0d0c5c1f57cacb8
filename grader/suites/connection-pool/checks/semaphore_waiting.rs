//! Waiting for a permit: the promises, checked on the semaphore.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connection_pool::{OverRelease, Semaphore};
use harness::model::choose;

use crate::instruments::{AGES, finish, ms, with};
use crate::promises;
#[cfg(engine = "model")]
use crate::timing;

#[test]
fn one_of_one_at_a_time() {
    promises::holders_are_limited::<Semaphore>(1, 1);
}

#[test]
fn two_of_two_at_a_time() {
    promises::holders_are_limited::<Semaphore>(2, 2);
}

#[test]
fn timed_holders_are_limited_too() {
    promises::timed_holders_are_limited::<Semaphore>();
}

#[test]
fn giving_back_wakes_a_waiter() {
    promises::giving_back_wakes_a_waiter::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn giving_back_wakes_a_timed_waiter() {
    timing::giving_back_wakes_a_timed_waiter::<Semaphore>();
}

#[test]
fn every_waiter_is_served() {
    promises::every_waiter_is_served::<Semaphore>();
}

#[test]
fn two_given_back_wake_two() {
    promises::two_given_back_wake_two::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn two_given_back_wake_a_timed_waiter_as_well() {
    timing::two_given_back_wake_a_timed_waiter_as_well::<Semaphore>();
}

#[test]
fn a_waiter_gets_its_turn_among_others() {
    promises::a_waiter_gets_its_turn_among_others::<Semaphore>();
}

#[test]
fn a_try_succeeds_while_something_is_free() {
    promises::a_try_succeeds_while_something_is_free::<Semaphore>();
}

#[test]
fn the_number_free_is_always_possible() {
    promises::the_number_free_is_always_possible::<Semaphore>();
}

#[test]
fn giving_up_loses_no_notification() {
    promises::giving_up_loses_no_notification::<Semaphore>();
}

#[test]
fn a_waiter_does_not_hold_up_a_timed_one() {
    promises::a_waiter_does_not_hold_up_a_timed_one::<Semaphore>();
}

#[test]
fn giving_up_leaves_no_trace() {
    promises::giving_up_leaves_no_trace::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn a_slow_thread_takes_what_is_free() {
    timing::a_slow_thread_takes_what_is_free::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn a_timed_wait_does_not_fail_early() {
    timing::fails_neither_early_nor_served::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn a_stolen_wake_up_is_no_timeout() {
    timing::a_stolen_wake_up_is_no_timeout::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn a_wake_up_does_not_restart_the_clock() {
    timing::a_wake_up_does_not_restart_the_clock::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn being_unparked_does_not_restart_the_clock() {
    timing::being_unparked_does_not_restart_the_clock::<Semaphore>();
}

#[cfg(engine = "model")]
#[test]
fn a_timed_waiter_is_woken_before_its_time_is_over() {
    harness::model::expect_some(timing::is_woken_before_its_time_is_over::<Semaphore>);
}

/// Adds one to a number that only the semaphore protects: the accesses to it are relaxed. If the timeout expires, it waits
/// without one.
fn add_one(semaphore: &Semaphore, number: &AtomicUsize, timeout: Option<Duration>) {
    if timeout.is_none_or(|timeout| semaphore.acquire_timeout(timeout).is_err()) {
        assert_ne!(timeout, Some(AGES), "the timeout that expired");
        semaphore.acquire();
    }
    let seen = number.load(Ordering::Relaxed);
    number.store(seen + 1, Ordering::Relaxed);
    assert_eq!(semaphore.release(), Ok(()), "a holder's `release`");
}

#[test]
fn what_one_holder_wrote_the_next_one_reads() {
    let timeout = [None, Some(AGES), Some(ms(0)), Some(ms(10))][choose(4)];
    let semaphore = Arc::new(Semaphore::new(1));
    let number = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&number);
    let other = with("adder", &semaphore, move |semaphore| add_one(semaphore, &theirs, timeout));
    add_one(&semaphore, &number, timeout);
    finish(other);
    assert_eq!(number.load(Ordering::Relaxed), 2, "two holders, one after the other, added one each");
}

#[test]
fn of_two_releases_of_one_permit_one_is_too_many() {
    let semaphore = Arc::new(Semaphore::new(2));
    semaphore.acquire();
    let other = with("releaser", &semaphore, |semaphore| semaphore.release());
    let mine = semaphore.release();
    let both = [mine, finish(other)];
    assert!(
        both.contains(&Ok(())) && both.contains(&Err(OverRelease)),
        "one permit was held and released twice at once: {both:?}"
    );
    assert_eq!(semaphore.available(), 2, "free at the end");
}

#[test]
fn a_release_too_many_changes_nothing_for_others() {
    let semaphore = Arc::new(Semaphore::new(1));
    let other = with("borrower", &semaphore, |semaphore| {
        semaphore.acquire();
        semaphore.release()
    });
    // One too many, unless the other thread holds the permit: then it is the other thread's release.
    let both = [semaphore.release(), finish(other)];
    assert!(
        both.contains(&Ok(())) && both.contains(&Err(OverRelease)),
        "one permit was acquired once and released twice: {both:?}"
    );
    assert_eq!(semaphore.available(), 1, "free at the end, of one");
}

#[test]
fn releases_too_many_are_refused_at_the_same_time() {
    let semaphore = Arc::new(Semaphore::new(1));
    let other = with("releaser", &semaphore, |semaphore| semaphore.release());
    let seen = semaphore.available();
    let both = [semaphore.release(), finish(other)];
    assert_eq!(both, [Err(OverRelease); 2], "nothing was acquired, and two threads released");
    assert_eq!([seen, semaphore.available()], [1; 2], "free meanwhile and at the end, of one");
}
