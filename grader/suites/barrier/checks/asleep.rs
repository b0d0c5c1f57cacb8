//! Blocked threads use no processor time and do not poll.

use std::time::Duration;

use barrier::Barrier;
use harness::stress::{rest, until_others_sleep};

use crate::instruments::{Place, Way, finish, plain, shared, with};

/// A few, and enough for a barrier to count as a large one.
const WAITERS: [usize; 2] = [3, 40];
/// Far longer than the checks last: a thread that is woken never gets there.
const A_WHILE: Duration = Duration::from_secs(30);

fn with_a_timeout(barrier: &Barrier) -> Place {
    Barrier::wait_timeout(barrier, A_WHILE).ok()
}

/// Keeps threads waiting for a while, so many at a barrier for each, and looks at what they do meanwhile. Before that,
/// `rounds` are complete.
fn waiters_sleep(counts: &[usize], wait: Way, rounds: usize, begin: fn(&Barrier)) {
    let waits = move |barrier: &Barrier| (0..=rounds).filter(|_| wait(barrier).is_some()).count();
    let arrive = |count: &usize| {
        let barrier = shared(count + 1);
        begin(&barrier);
        let waiters: Vec<_> = (0..*count).map(|_| with("waiter", &barrier, waits)).collect();
        for _ in 0..rounds {
            assert!(plain(&barrier).is_some(), "a round that is complete");
        }
        (*count, barrier, waiters)
    };
    let meetings: Vec<_> = counts.iter().map(arrive).collect();
    until_others_sleep();
    // Nothing happens for which they wait.
    let ask = |barrier: &Barrier| (Barrier::is_broken(barrier), Barrier::waiting(barrier));
    let asked: Vec<_> = meetings.iter().map(|(_, barrier, _)| ask(barrier)).collect();
    let rest = rest();
    let last: Vec<_> = meetings.iter().map(|(_, barrier, _)| plain(barrier)).collect();
    let complete = |(count, _, waiters)| (count, Vec::from_iter(Vec::into_iter(waiters).map(finish)));
    let complete: Vec<(usize, Vec<usize>)> = meetings.into_iter().map(complete).collect();
    rest.assert_quiet("the threads that waited");
    for (place, (count, complete)) in complete.into_iter().enumerate() {
        assert_eq!(asked[place], (false, count), "`is_broken` and `waiting` while all but one wait");
        assert_eq!(last[place], Some(count), "the place of the last party");
        assert_eq!(complete, vec![rounds + 1; count], "the rounds that each of the waiters completed");
    }
}

#[test]
fn threads_that_wait_sleep() {
    waiters_sleep(&WAITERS, plain, 0, |_| ());
}

#[test]
fn threads_that_wait_in_a_later_round_sleep() {
    waiters_sleep(&WAITERS[..1], plain, 3, |_| ());
}

#[test]
fn threads_that_wait_with_a_timeout_sleep_after_a_reset() {
    waiters_sleep(&WAITERS, with_a_timeout, 1, |barrier| {
        Barrier::abort(barrier);
        Barrier::reset(barrier);
    });
}
