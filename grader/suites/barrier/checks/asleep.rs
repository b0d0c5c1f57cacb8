//! Blocked threads use no processor time and do not poll.

use std::time::Duration;

use barrier::Barrier;
use harness::stress::{rest, until_others_sleep};

use crate::instruments::{Place, Way, finish, plain, shared, with};

const WAITERS: usize = 3;
/// Far longer than the checks last: a thread that is woken never gets there.
const A_WHILE: Duration = Duration::from_secs(30);

fn with_a_timeout(barrier: &Barrier) -> Place {
    Barrier::wait_timeout(barrier, A_WHILE).ok()
}

/// Keeps threads waiting for a while and looks at what they do meanwhile. Before that, `rounds` are complete.
fn waiters_sleep(wait: Way, rounds: usize, begin: fn(&Barrier)) {
    let barrier = shared(WAITERS + 1);
    begin(&barrier);
    let waits = move |barrier: &Barrier| (0..=rounds).filter(|_| wait(barrier).is_some()).count();
    let waiters = [(); WAITERS].map(|()| with("waiter", &barrier, waits));
    for _ in 0..rounds {
        assert!(plain(&barrier).is_some(), "a round that is complete");
    }
    until_others_sleep();
    // Nothing happens for which they wait.
    let asked = (Barrier::is_broken(&barrier), Barrier::waiting(&barrier));
    let rest = rest();
    let last = plain(&barrier);
    let complete = waiters.map(finish);
    rest.assert_quiet("the threads that waited");
    assert_eq!(asked, (false, WAITERS), "`is_broken` and `waiting` while all but one wait");
    assert_eq!(last, Some(WAITERS), "the place of the last party");
    assert_eq!(complete, [rounds + 1; WAITERS], "the rounds that each of the waiters completed");
}

#[test]
fn threads_that_wait_sleep() {
    waiters_sleep(plain, 0, |_| ());
}

#[test]
fn threads_that_wait_in_a_later_round_sleep() {
    waiters_sleep(plain, 3, |_| ());
}

#[test]
fn threads_that_wait_with_a_timeout_sleep_after_a_reset() {
    waiters_sleep(with_a_timeout, 1, |barrier| {
        Barrier::abort(barrier);
        Barrier::reset(barrier);
    });
}
