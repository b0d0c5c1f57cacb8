//! Blocked threads sleep: they use no processor time and do not wake up to look.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use connection_pool::*;
use harness::stress::{cpu_time, voluntary_switches};

use crate::instruments::{Lender, finish, with};

const WAITERS: usize = 3;
const WINDOW: Duration = Duration::from_millis(400);
/// Longer than the check lasts.
const A_WHILE: Duration = Duration::from_secs(300);

/// Keeps threads waiting for a while and measures what they use meanwhile.
///
/// The window is measured, it synchronises nothing. Threads that are still on their way into their wait, or
/// other work on the machine, disturb a window; the quietest of several is the one that counts.
fn waiters_sleep<L: Lender>(wait: fn(&L)) {
    let lender = Arc::new(L::lending(1));
    let started = Arc::new(Barrier::new(WAITERS + 1));
    let mut quietest = (f64::INFINITY, u64::MAX);
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
        for _ in 0..4 {
            let (cpu, switches) = (cpu_time(), voluntary_switches());
            thread::sleep(WINDOW);
            let cpu = (cpu_time() - cpu).as_secs_f64() / WINDOW.as_secs_f64();
            let switches = voluntary_switches() - switches;
            quietest = (quietest.0.min(cpu), quietest.1.min(switches));
            if quietest.0 < 0.05 && quietest.1 <= 3 {
                break;
            }
        }
        waiters
    });
    waiters.into_iter().for_each(finish);
    let (cpu, switches) = quietest;
    assert!(cpu < 0.2, "{WAITERS} threads that wait used {:.0} % of a processor", cpu * 100.0);
    assert!(
        switches <= WAITERS as u64 * 2,
        "{WAITERS} threads that wait woke up {switches} times in {WINDOW:?} although nothing had happened"
    );
}

#[test]
fn threads_that_wait_for_a_permit_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| semaphore.hold(|| ()));
}

#[test]
fn threads_that_wait_for_a_permit_with_a_timeout_sleep() {
    waiters_sleep::<Semaphore>(|semaphore| semaphore.hold_within(A_WHILE, || ()).expect("released long before"));
}

#[test]
fn threads_that_wait_for_a_connection_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| pool.hold(|| ()));
}

#[test]
fn threads_that_wait_for_a_connection_with_a_timeout_sleep() {
    waiters_sleep::<ConnectionPool<()>>(|pool| pool.hold_within(A_WHILE, || ()).expect("released long before"));
}
