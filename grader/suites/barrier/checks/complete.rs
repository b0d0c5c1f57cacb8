//! Whoever's round is complete gets `Ok`, whatever happens before it has left.

use std::sync::Arc;

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{
    Place, Way, are_all_places, at_once, break_and_reset, briefly, either_way, finish, is_broken_and_empty, is_usable_and_empty, one_of,
    plain, shared, timed, with,
};

/// The others wait, this thread makes the round complete, and then `afterwards` runs, at once.
fn all_get_ok(ways: &[Way], afterwards: impl FnOnce(&Arc<Barrier>)) {
    let barrier = shared(ways.len() + 1);
    let waiters: Vec<_> = ways.iter().map(|&wait| with("waiter", &barrier, wait)).collect();
    until_others_wait();
    let own = plain(&barrier);
    assert_eq!(own, Some(ways.len()), "the place of the last party");
    afterwards(&barrier);
    let mut places: Vec<Place> = waiters.into_iter().map(finish).collect();
    places.sort_unstable();
    let all: Vec<_> = (0..ways.len()).map(Some).collect();
    assert_eq!(places, all, "the places of those whose round was complete before");
}

/// What may come afterwards.
type Change = fn(&Arc<Barrier>);

fn aborted(barrier: &Arc<Barrier>) {
    is_usable_and_empty(barrier, "when a round is complete");
    Barrier::abort(barrier);
    is_broken_and_empty(barrier, "after an abort");
}

fn reset(barrier: &Arc<Barrier>) {
    Barrier::reset(barrier);
    is_usable_and_empty(barrier, "after a reset");
}

/// The next round has a party, and breaks.
fn times_out(barrier: &Arc<Barrier>) {
    assert_eq!(at_once(barrier), None, "the first party of the next round");
    is_broken_and_empty(barrier, "after a timeout");
}

/// Another round of two is complete.
fn meet(barrier: &Arc<Barrier>) {
    let other = with("party of a later round", barrier, plain);
    let own = plain(barrier);
    are_all_places(vec![own, finish(other)]);
}

#[test]
fn an_abort_comes_too_late_for_a_complete_round() {
    all_get_ok(&[either_way()], aborted);
}

#[test]
fn an_abort_comes_too_late_for_both_of_a_complete_round() {
    all_get_ok(&[plain, timed], aborted);
}

#[test]
fn a_reset_comes_too_late_for_a_complete_round() {
    all_get_ok(&[either_way()], reset);
}

#[test]
fn a_reset_comes_too_late_for_both_of_a_complete_round() {
    all_get_ok(&[plain, timed], reset);
}

#[test]
fn an_abort_and_a_reset_come_too_late_for_a_complete_round() {
    let changes: [Change; 2] = one_of([[aborted, reset], [reset, aborted]]);
    all_get_ok(&[plain], |barrier| changes.iter().for_each(|change| change(barrier)));
}

#[test]
fn a_broken_next_round_comes_too_late_for_a_complete_one() {
    all_get_ok(&[either_way()], times_out);
}

#[test]
fn a_next_round_that_is_broken_and_reset_comes_too_late_for_a_complete_one() {
    all_get_ok(&[plain], |barrier| {
        times_out(barrier);
        reset(barrier);
        times_out(barrier);
    });
}

#[test]
fn a_next_round_that_is_complete_as_well_takes_nothing_from_one() {
    all_get_ok(&[plain], meet);
}

#[test]
fn a_later_round_that_is_complete_as_well_takes_nothing_from_one() {
    all_get_ok(&[plain], |barrier| {
        aborted(barrier);
        reset(barrier);
        meet(barrier);
    });
}

#[test]
fn however_often_it_is_broken_and_reset_afterwards_a_complete_round_stays_so() {
    // As often as a byte can tell apart, with the round itself or without. (The search goes through few schedules here:
    // see suite.toml.)
    let (times, change): (usize, fn(&Barrier)) =
        one_of([(128, break_and_reset), (255, Barrier::reset), (256, Barrier::reset)]);
    all_get_ok(&[plain], |barrier| (0..times).for_each(|_| change(barrier)));
}

#[test]
fn a_late_timeout_does_not_break_the_round_after_a_complete_one() {
    // The timeout elapses before the round is complete, or it is too late.
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, briefly);
    until_others_wait();
    let own = plain(&barrier);
    let party = with("party of the next round", &barrier, plain);
    let first = finish(waiter);
    until_others_wait();
    if own.is_none() {
        assert_eq!([first, finish(party)], [None; 2], "what all got from a broken barrier");
        return;
    }
    let second = plain(&barrier);
    assert_eq!([first, own], [Some(0), Some(1)], "the places in the first round, in the order of arrival");
    assert_eq!([finish(party), second], [Some(0), Some(1)], "the places in the next round");
}
