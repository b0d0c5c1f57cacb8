//! All parties of a round agree on how it ended, whatever comes at the same time.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{Place, Way, at_once, briefly, either_way, finish, one_of, plain, shared, with};

/// Two parties of one round; returns whether it was complete.
fn agree(one: Place, other: Place) -> bool {
    let places = [one, other];
    assert!(
        [[None; 2], [Some(0), Some(1)], [Some(1), Some(0)]].contains(&places),
        "two parties of one round do not agree on how it ended: their places are {places:?}"
    );
    one.is_some()
}

/// Two parties come at the same time. The barrier is broken if and only if their round is not complete.
fn two_agree(ways: [Way; 2]) {
    let barrier = shared(2);
    let [one, other] = ways;
    let one = with("party", &barrier, one);
    let other = other(&barrier);
    let complete = agree(finish(one), other);
    let [broken, later] = [Barrier::is_broken(&barrier), at_once(&barrier).is_some()];
    assert_eq!(
        [broken, later],
        [!complete, false],
        "`is_broken` after a round that is complete: {complete}, and whether a wait of no time succeeds"
    );
}

#[test]
fn a_timeout_or_the_last_arrival_is_first_for_both() {
    two_agree([briefly, plain]);
}

#[test]
fn two_timeouts_or_the_last_arrival_are_first_for_both() {
    two_agree([briefly, briefly]);
}

#[test]
fn a_wait_of_no_time_agrees_with_the_other_party() {
    two_agree([one_of([plain, briefly, at_once]), at_once]);
}

#[test]
fn an_abort_or_the_last_arrival_is_first_for_both() {
    let barrier = shared(2);
    let one = with("party", &barrier, either_way());
    let aborter = with("aborter", &barrier, Barrier::abort);
    let other = plain(&barrier);
    agree(finish(one), other);
    finish(aborter);
    assert!(Barrier::is_broken(&barrier), "`is_broken` after an abort");
    assert_eq!(Barrier::waiting(&barrier), 0, "`waiting` after an abort");
}

/// How often this thread waits with success, up to two times.
fn rounds(barrier: &Barrier, wait: Way) -> usize {
    iter::repeat_with(|| wait(barrier)).take(2).take_while(Option::is_some).count()
}

#[test]
fn both_complete_equally_many_rounds_whenever_it_is_aborted() {
    let barrier = shared(2);
    let one = with("party", &barrier, |barrier| rounds(barrier, plain));
    let aborter = with("aborter", &barrier, Barrier::abort);
    let other = rounds(&barrier, plain);
    assert_eq!(finish(one), other, "the rounds that each of two parties completed before an abort");
    finish(aborter);
}

#[test]
fn both_complete_equally_many_rounds_whenever_a_timeout_elapses() {
    let barrier = shared(2);
    let one = with("party", &barrier, |barrier| rounds(barrier, briefly));
    let other = rounds(&barrier, plain);
    let complete = finish(one);
    assert_eq!(complete, other, "the rounds that each of two parties completed before a timeout");
    assert_eq!(Barrier::is_broken(&barrier), complete < 2, "`is_broken` after {complete} of two rounds");
}

/// Parties that wait, and how many of them have returned.
struct Parties {
    barrier: Arc<Barrier>,
    returned: Arc<AtomicUsize>,
}

impl Parties {
    fn of_two() -> Self {
        Self { barrier: shared(2), returned: Arc::default() }
    }

    fn start(&self, role: &str) -> JoinHandle<Place> {
        self.start_after(role, |_| ())
    }

    /// The party does something before it waits.
    fn start_after(&self, role: &str, before: fn(&Barrier)) -> JoinHandle<Place> {
        let returned = Arc::clone(&self.returned);
        with(role, &self.barrier, move |barrier| {
            before(barrier);
            let place = plain(barrier);
            returned.fetch_add(1, Ordering::SeqCst);
            place
        })
    }

    /// Whether all of them have returned, when nothing more happens. Where one has not, this thread waits as well, for
    /// it came after the reset.
    fn and_this_one(&self, started: usize) -> Option<Place> {
        until_others_wait();
        // An addition reads the newest value.
        let returned = self.returned.fetch_add(0, Ordering::SeqCst);
        (returned < started).then(|| plain(&self.barrier))
    }
}

#[test]
fn a_reset_or_the_last_arrival_is_first_for_both() {
    let parties = Parties::of_two();
    let first = parties.start("first party");
    until_others_wait();
    let second = parties.start("second party");
    Barrier::reset(&parties.barrier);
    let own = parties.and_this_one(2);
    let places = [finish(first), finish(second)];
    match own {
        // The second one is late for the round that the reset has ended, or on time.
        None => assert!(
            [[Some(0), Some(1)], [None; 2]].contains(&places),
            "two parties of one round do not agree on how it ended: their places are {places:?}"
        ),
        Some(own) => assert_eq!(
            [places[0], places[1], own],
            [None, Some(0), Some(1)],
            "the places of one party before the reset and of two after it"
        ),
    }
    assert!(!Barrier::is_broken(&parties.barrier), "`is_broken` after a reset");
}

#[test]
fn a_reset_comes_before_a_party_or_releases_it() {
    let parties = Parties::of_two();
    let party = parties.start("party");
    Barrier::reset(&parties.barrier);
    let own = parties.and_this_one(1);
    let place = finish(party);
    match own {
        None => assert_eq!(place, None, "what a party got that waited when the barrier was reset"),
        Some(own) => assert_eq!([place, own], [Some(0), Some(1)], "the places of two parties after the reset"),
    }
    assert!(!Barrier::is_broken(&parties.barrier), "`is_broken` after a reset");
}

/// A party resets the barrier and waits, while this thread does `meanwhile`.
fn who_resets_and_waits_is_a_party(waiters: usize, meanwhile: fn(&Barrier)) {
    let parties = Parties::of_two();
    let waiters: Vec<_> = (0..waiters).map(|_| with("waiter", &parties.barrier, plain)).collect();
    until_others_wait();
    let party = parties.start_after("party", Barrier::reset);
    meanwhile(&parties.barrier);
    let own = parties.and_this_one(1);
    let place = finish(party);
    let broken = Barrier::is_broken(&parties.barrier);
    for waiter in waiters {
        assert_eq!(finish(waiter), None, "what a party got that waited when the barrier was reset");
    }
    match own {
        None => assert_eq!(place, None, "what a party got whose wait ended before all had arrived"),
        Some(own) => {
            assert_eq!([place, own], [Some(0), Some(1)], "the places of two parties after the reset");
            assert!(!broken, "`is_broken` after a complete round");
        }
    }
}

#[test]
fn who_resets_and_waits_is_a_party_whatever_comes_at_the_same_time() {
    who_resets_and_waits_is_a_party(one_of([0, 1]), one_of([Barrier::reset, Barrier::abort]));
}
