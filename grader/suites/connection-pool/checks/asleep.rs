//! Blocked threads use no processor time and do not poll.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use connection_pool::{ConnectionPool, Semaphore};
use harness::stress::{rest, until_others_sleep};

use crate::instruments::{Lender, finish, size, with};

/// More than a table of sixteen has places for.
const WAITERS: usize = 20;
/// Far longer than the check lasts: a thread that is woken never gets there.
const A_WHILE: Duration = Duration::from_secs(30);

/// Keeps threads waiting for a while and measures what they do meanwhile.
fn waiters_sleep<L: Lender>(wait: fn(&L)) {
    let lender = Arc::new(L::lending(1));
    let started = Arc::new(Barrier::new(WAITERS + 1));
    let (waiters, rest) = L::hold(&lender, || {
        let waiters = [(); WAITERS].map(|()| {
            let started = Arc::clone(&started);
            with("waiter", &lender, move |lender| {
                started.wait();
                wait(lender);
            })
        });
        started.wait();
        (waiters, rest())
    });
    waiters.into_iter().for_each(finish);
    rest.assert_quiet("the threads that waited");
}

#[test]
fn threads_that_wait_for_a_permit_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| Lender::hold(semaphore, || ()));
}

#[test]
fn threads_that_wait_for_a_permit_with_a_timeout_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| {
        Lender::hold_within(semaphore, A_WHILE, || ()).expect("released long before")
    });
}

#[test]
fn threads_that_wait_for_a_connection_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| Lender::hold(pool, || ()));
    waiters_sleep_while_another_one_connects();
}

/// The only place is taken by a thread that is inside `connect`.
fn waiters_sleep_while_another_one_connects() {
    let [begun, end] = [(); 2].map(|()| Arc::new(Barrier::new(2)));
    let theirs = [Arc::clone(&begun), Arc::clone(&end)];
    let connect = move || theirs.iter().for_each(|barrier| drop(barrier.wait()));
    let pool = Arc::new(ConnectionPool::new(size(1), connect));
    let connector = with("connector", &pool, |pool| drop(pool.acquire()));
    begun.wait();
    let timed = with("timed waiter", &pool, |pool| drop(pool.acquire_timeout(A_WHILE)));
    let waiters = [(); WAITERS].map(|()| with("waiter", &pool, |pool| drop(pool.acquire())));
    until_others_sleep();
    let rest = rest();
    end.wait();
    waiters.into_iter().chain([connector, timed]).for_each(finish);
    rest.assert_quiet("the threads that waited while another one was inside `connect`");
}

#[test]
fn threads_that_wait_for_a_connection_with_a_timeout_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| {
        Lender::hold_within(pool, A_WHILE, || ()).expect("released long before")
    });
}
