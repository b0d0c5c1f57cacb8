//! A reset releases whoever waits, and leaves the barrier empty and usable.

use std::sync::Arc;

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{
    Place, Way, are_all_places, at_once, break_and_reset, briefly, either_way, finish, is_broken_and_empty, is_usable_and_empty, one_of,
    plain, shared, timed, with,
};

/// A round of two parties that is complete; the other one is a thread of its own.
fn meet(barrier: &Arc<Barrier>) {
    let other = with("party of the new round", barrier, plain);
    let own = plain(barrier);
    are_all_places(vec![own, finish(other)]);
}

/// All wait, and only then `meanwhile` runs, which resets the barrier for two at least once.
fn all_get_broken(ways: &[Way], meanwhile: impl FnOnce(&Arc<Barrier>)) {
    let barrier = shared(ways.len() + 1);
    let waiters: Vec<_> = ways.iter().map(|&wait| with("waiter", &barrier, wait)).collect();
    until_others_wait();
    meanwhile(&barrier);
    let places: Vec<Place> = waiters.into_iter().map(finish).collect();
    assert_eq!(places, vec![None; ways.len()], "what those who waited got when the barrier was reset");
}

/// The same, and at the end it is usable and empty.
fn and_it_is_usable(ways: &[Way], meanwhile: impl FnOnce(&Arc<Barrier>)) {
    let mut kept = None;
    all_get_broken(ways, |barrier| {
        meanwhile(barrier);
        is_usable_and_empty(barrier, "after a reset");
        kept = Some(Arc::clone(barrier));
    });
    is_usable_and_empty(&kept.expect("it was called"), "after a reset, when all who waited have left");
}

#[test]
fn a_reset_releases_who_waits() {
    and_it_is_usable(&[either_way()], |barrier| Barrier::reset(barrier));
}

#[test]
fn a_reset_releases_both_who_wait() {
    and_it_is_usable(&[plain, timed], |barrier| Barrier::reset(barrier));
}

#[test]
fn a_timeout_of_a_round_that_was_reset_breaks_nothing() {
    and_it_is_usable(&[briefly], |barrier| Barrier::reset(barrier));
}

#[test]
fn a_reset_after_an_abort_or_another_one_keeps_nobody_back() {
    let first: fn(&Barrier) = one_of([Barrier::abort, Barrier::reset]);
    and_it_is_usable(&[plain, timed], |barrier| {
        first(barrier);
        Barrier::reset(barrier);
    });
}

#[test]
fn two_resets_at_the_same_time_keep_nobody_back() {
    and_it_is_usable(&[plain], |barrier| {
        let other = with("resetter", barrier, Barrier::reset);
        Barrier::reset(barrier);
        finish(other);
    });
}

#[test]
fn a_reset_and_an_abort_at_the_same_time_keep_nobody_back() {
    all_get_broken(&[plain], |barrier| {
        let other = with("aborter", barrier, Barrier::abort);
        Barrier::reset(barrier);
        finish(other);
        assert_eq!(Barrier::waiting(barrier), 0, "`waiting` after a reset and an abort");
        assert_eq!(at_once(barrier), None, "the first of two parties, or a broken barrier");
    });
}

#[test]
fn an_abort_after_a_reset_keeps_nobody_back() {
    all_get_broken(&[plain], |barrier| {
        Barrier::reset(barrier);
        Barrier::abort(barrier);
        is_broken_and_empty(barrier, "after a reset and an abort");
    });
}

#[test]
fn however_often_it_is_broken_and_reset_nobody_is_kept_back() {
    // As often as a byte can tell apart, and with both kinds of change in each. (The search goes through few schedules
    // here: see suite.toml.)
    let (times, change): (usize, fn(&Barrier)) = one_of([(128, break_and_reset), (256, Barrier::reset)]);
    and_it_is_usable(&[plain], |barrier| (0..times).for_each(|_| change(barrier)));
}

#[test]
fn who_was_reset_gets_broken_though_the_next_round_is_complete() {
    and_it_is_usable(&[one_of([plain, briefly])], |barrier| {
        Barrier::reset(barrier);
        meet(barrier);
    });
}

#[test]
fn who_was_aborted_gets_broken_though_a_later_round_is_complete() {
    and_it_is_usable(&[plain], |barrier| {
        Barrier::abort(barrier);
        Barrier::reset(barrier);
        meet(barrier);
    });
}

#[test]
fn a_wait_of_no_time_after_a_reset_is_in_a_round_of_its_own() {
    all_get_broken(&[plain], |barrier| {
        Barrier::reset(barrier);
        assert_eq!(at_once(barrier), None, "the first of two parties after a reset");
        is_broken_and_empty(barrier, "after a timeout");
    });
}

#[test]
fn after_a_reset_all_parties_are_needed_again() {
    let breaks: fn(&Barrier) = one_of([|_| (), Barrier::abort]);
    let barrier = shared(3);
    let waiters = [(); 2].map(|()| with("waiter", &barrier, plain));
    until_others_wait();
    breaks(&barrier);
    Barrier::reset(&barrier);
    let first = with("first party", &barrier, timed);
    until_others_wait();
    let second = with("second party", &barrier, plain);
    until_others_wait();
    let third = plain(&barrier);
    let broken = waiters.map(finish);
    let places = [finish(first), finish(second), third];
    assert_eq!(broken, [None; 2], "what those who had waited before got");
    assert_eq!(places, [Some(0), Some(1), Some(2)], "the places after a reset, in the order of arrival");
}

#[test]
fn after_a_timeout_and_a_reset_all_parties_are_needed_again() {
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, briefly);
    assert_eq!(finish(waiter), None, "the first of two parties, whose timeout elapsed");
    Barrier::reset(&barrier);
    let first = with("first party", &barrier, plain);
    until_others_wait();
    let second = plain(&barrier);
    assert_eq!([finish(first), second], [Some(0), Some(1)], "the places after a reset, in the order of arrival");
}

#[test]
fn a_late_timeout_does_not_break_the_round_after_a_reset() {
    // The timeout elapses before the reset or is too late for this round.
    let barrier = shared(2);
    let waiter = with("waiter", &barrier, briefly);
    until_others_wait();
    Barrier::reset(&barrier);
    let party = with("party of the new round", &barrier, plain);
    let own = finish(waiter);
    until_others_wait();
    let second = plain(&barrier);
    assert_eq!(own, None, "what who waited got when the barrier was reset");
    assert_eq!([finish(party), second], [Some(0), Some(1)], "the places in the round after the reset");
}
