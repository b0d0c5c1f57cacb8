//! What breaks the barrier breaks it for everybody, until it is reset.

use std::sync::Arc;

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{
    Place, Way, at_once, briefly, either_way, finish, is_broken_and_empty, one_of, plain, shared, timed, with,
};

/// The others wait, or are about to. Nobody is there to make the round complete.
fn all_fail(ways: &[Way], breaks: impl FnOnce(&Arc<Barrier>)) {
    // One more than those that wait, and the one that may wait in `breaks`.
    let barrier = shared(ways.len() + 2);
    let waiters: Vec<_> = ways.iter().map(|&wait| with("waiter", &barrier, wait)).collect();
    breaks(&barrier);
    is_broken_and_empty(&barrier, "after it was broken");
    let places: Vec<Place> = waiters.into_iter().map(finish).collect();
    assert_eq!(places, vec![None; ways.len()], "what those who waited got from a broken barrier");
    assert_eq!([plain(&barrier), timed(&barrier), at_once(&barrier)], [None; 3], "waits while it is broken");
    is_broken_and_empty(&barrier, "at the end: nobody has reset it");
}

#[test]
fn an_abort_releases_who_waits() {
    all_fail(&[either_way()], |barrier| Barrier::abort(barrier));
}

#[test]
fn an_abort_releases_both_who_wait() {
    all_fail(&[plain, timed], |barrier| Barrier::abort(barrier));
}

#[test]
fn what_breaks_it_twice_at_the_same_time_breaks_it_once() {
    let breaks: fn(&Barrier) = one_of([Barrier::abort, |barrier| {
        assert_eq!(briefly(barrier), None, "a timed wait that elapsed");
    }]);
    all_fail(&[briefly], |barrier| {
        // The timeout of the one that waits is the third.
        let other = with("aborter", barrier, Barrier::abort);
        breaks(barrier);
        finish(other);
    });
}

#[test]
fn a_timeout_fails_for_all_who_wait() {
    all_fail(&[either_way()], |barrier| assert_eq!(briefly(barrier), None, "a timed wait that elapsed"));
}

#[test]
fn a_timeout_fails_for_two_others_who_wait() {
    all_fail(&[plain, timed], |barrier| {
        // All wait: nothing but the timeout is left to happen.
        until_others_wait();
        assert_eq!(briefly(barrier), None, "a timed wait that elapsed");
    });
}

#[test]
fn a_wait_of_no_time_fails_for_all_who_wait() {
    all_fail(&[plain], |barrier| {
        until_others_wait();
        assert_eq!(at_once(barrier), None, "a wait of no time of one of three");
    });
}

#[test]
fn it_is_broken_until_it_is_reset_whoever_comes() {
    // As many come as there are parties, and together.
    let barrier = shared(2);
    Barrier::abort(&barrier);
    let other = with("party", &barrier, |barrier| [plain(barrier), timed(barrier)]);
    let own = [briefly(&barrier), plain(&barrier)];
    assert_eq!([own, finish(other)], [[None; 2]; 2], "waits of two parties while the barrier is broken");
    is_broken_and_empty(&barrier, "at the end: nobody has reset it");
}

#[test]
fn the_last_one_to_arrive_needs_no_time() {
    let wait: Way = one_of([at_once, briefly]);
    for others in [1, 2] {
        let barrier = shared(others + 1);
        let waiters: Vec<_> = (0..others).map(|_| with("waiter", &barrier, plain)).collect();
        until_others_wait();
        let own = wait(&barrier);
        assert_eq!(own, Some(others), "the place of the last party, which has a timeout");
        let mut places: Vec<Place> = waiters.into_iter().map(finish).collect();
        places.sort_unstable();
        assert_eq!(places, (0..others).map(Some).collect::<Vec<_>>(), "the places of the others");
        assert!(!Barrier::is_broken(&barrier), "`is_broken` after a complete round");
    }
}
