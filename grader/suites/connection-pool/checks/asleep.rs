//! Blocked threads sleep: they use no processor time and do not wake up to look.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use connection_pool::*;
use harness::stress::activity;

use crate::instruments::{Lender, finish, with};

const WAITERS: usize = 3;
const WINDOW: Duration = Duration::from_millis(200);
/// Relative to a thread that spins. Sleeping threads use nothing at all.
const ASLEEP: f64 = 0.05;
/// Far longer than the check lasts, for a thread that is woken.
const A_WHILE: Duration = Duration::from_secs(30);

/// Keeps threads waiting for a while and measures what they use meanwhile.
///
/// The windows are measured, they synchronise nothing. Two quiet ones are enough: one can be disturbed by a
/// thread on its way into its sleep.
fn waiters_sleep<L: Lender>(wait: fn(&L)) {
    let lender = Arc::new(L::lending(1));
    let started = Arc::new(Barrier::new(WAITERS + 1));
    let mut quiet = 0;
    let mut seen = Vec::new();
    let waiters = lender.hold(|| {
        let waiters = [(); WAITERS].map(|()| {
            let started = Arc::clone(&started);
            with(&lender, move |lender| {
                started.wait();
                wait(lender);
            })
        });
        started.wait();
        thread::sleep(WINDOW / 8);
        for _ in 0..5 {
            let activity = activity(WINDOW);
            quiet += usize::from(activity.busy < ASLEEP && activity.wake_ups <= 3);
            seen.push(activity);
            if quiet == 2 {
                break;
            }
        }
        waiters
    });
    waiters.into_iter().for_each(finish);
    assert!(
        quiet == 2,
        "{WAITERS} threads that wait used processor time or woke up although nothing had happened: {seen:?}"
    );
}

#[test]
fn threads_that_wait_for_a_permit_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| semaphore.hold(|| ()));
}

#[test]
fn threads_that_wait_for_a_permit_with_a_timeout_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| {
        semaphore.hold_within(A_WHILE, || ()).expect("released long before")
    });
}

#[test]
fn threads_that_wait_for_a_connection_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| pool.hold(|| ()));
}

#[test]
fn threads_that_wait_for_a_connection_with_a_timeout_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| {
        pool.hold_within(A_WHILE, || ()).expect("released long before")
    });
}
