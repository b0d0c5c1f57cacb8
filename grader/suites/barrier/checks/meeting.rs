//! One round: all arrive, then all go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Thread;

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{
    Place, Way, are_all_places, break_and_reset, either_way, finish, is_usable_and_empty, one_of, plain,
    shared, timed, with,
};

/// One party for each way; this thread is the last of them.
fn all_meet(ways: &[Way]) {
    let barrier = shared(ways.len());
    let (own, others) = ways.split_last().expect("a barrier has a party");
    // The round is complete when one of its parties has left: it is not the open one any more.
    let each =
        |&wait: &Way| with("party", &barrier, move |barrier| (wait(barrier), Barrier::waiting(barrier)));
    let others: Vec<_> = others.iter().map(each).collect();
    let own = (own(&barrier), Barrier::waiting(&barrier));
    let (places, waiting): (Vec<Place>, Vec<usize>) = others.into_iter().map(finish).chain([own]).unzip();
    are_all_places(places);
    assert_eq!(waiting, vec![0; ways.len()], "`waiting`, as each party asked after the only round");
    is_usable_and_empty(&barrier, "after the only round");
}

#[test]
fn two_parties_meet() {
    all_meet(&[plain, plain]);
}

#[test]
fn two_parties_with_timeouts_meet() {
    all_meet(&[either_way(), timed]);
}

#[test]
fn three_parties_meet() {
    all_meet(&[plain, plain, plain]);
}

#[test]
fn three_parties_of_both_kinds_meet() {
    all_meet(&[timed, plain, timed]);
}

#[test]
fn nobody_goes_on_before_all_have_arrived_and_places_are_those_of_arrival() {
    // One after the other arrives, and each waits before the next one does.
    let ways: [Way; 3] = one_of([[plain; 3], [timed, plain, timed]]);
    let barrier = shared(3);
    let returned = Arc::new(AtomicUsize::new(0));
    let [first, second, third] = ways;
    let arrive = |wait: Way| {
        let returned = Arc::clone(&returned);
        let party = with("party", &barrier, move |barrier| {
            let place = wait(barrier);
            returned.fetch_add(1, Ordering::SeqCst);
            place
        });
        until_others_wait();
        party
    };
    let first = arrive(first);
    let second = arrive(second);
    // An addition reads the newest value.
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    let third = third(&barrier);
    let places = [finish(first), finish(second), third];
    assert_eq!(returned, 0, "parties that went on before the last one had arrived");
    assert_eq!(places, [Some(0), Some(1), Some(2)], "the places, in the order of arrival");
}

/// A thread that waits, and is disturbed.
fn nobody_returns_before_the_last_arrival(meanwhile: impl FnOnce(&Barrier, &Thread)) {
    let wait = either_way();
    let barrier = shared(2);
    let returned = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&returned);
    let party = with("party", &barrier, move |barrier| {
        let place = wait(barrier);
        theirs.fetch_add(1, Ordering::SeqCst);
        place
    });
    meanwhile(&barrier, party.thread());
    until_others_wait();
    let returned = returned.fetch_add(0, Ordering::SeqCst);
    let own = plain(&barrier);
    let places = [finish(party), own];
    assert_eq!(returned, 0, "parties that went on before the last one had arrived");
    assert_eq!(places, [Some(0), Some(1)], "the places, in the order of arrival");
}

#[test]
fn being_unparked_is_no_arrival() {
    nobody_returns_before_the_last_arrival(|_, party| party.unpark());
}

#[test]
fn an_abort_of_one_barrier_releases_nobody_at_another() {
    // Or a round of the other one, which is complete.
    let (parties, change): (usize, fn(&Barrier)) = one_of([
        (2, break_and_reset),
        (1, |other| assert_eq!(plain(other), Some(0), "the place of the only party")),
    ]);
    let other = shared(parties);
    nobody_returns_before_the_last_arrival(|_, _| change(&other));
}

#[test]
fn a_barrier_for_one_keeps_none_of_two_threads() {
    let barrier = shared(1);
    let other = with("party", &barrier, plain);
    let own = plain(&barrier);
    assert_eq!([own, finish(other)], [Some(0); 2], "the places in two rounds of one party");
    is_usable_and_empty(&barrier, "after two rounds of one party");
}
