//! Round after round: a fast thread that waits again belongs to the next one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use barrier::Barrier;
use harness::until_others_wait;

use crate::instruments::{Place, Way, are_all_places, either_way, finish, is_usable_and_empty, plain, shared, timed, with};

/// Each party waits in its way, as often as there are rounds. A thread's n-th wait is in the n-th round.
fn all_meet_again(ways: &[Way], rounds: usize) {
    let barrier = shared(ways.len());
    let (own, others) = ways.split_last().expect("a barrier has a party");
    let each = |&wait: &Way| {
        with("party", &barrier, move |barrier| (0..rounds).map(|_| wait(barrier)).collect::<Vec<Place>>())
    };
    let others: Vec<_> = others.iter().map(each).collect();
    let own: Vec<Place> = (0..rounds).map(|_| own(&barrier)).collect();
    let places: Vec<_> = others.into_iter().map(finish).chain([own]).collect();
    for round in 0..rounds {
        are_all_places(places.iter().map(|places| places[round]).collect());
    }
    is_usable_and_empty(&barrier, "after all rounds");
}

#[test]
fn two_parties_meet_in_three_rounds() {
    all_meet_again(&[plain, plain], 3);
}

#[test]
fn two_parties_with_timeouts_meet_in_two_rounds() {
    all_meet_again(&[timed, timed], 2);
}

#[test]
fn three_parties_meet_in_two_rounds() {
    all_meet_again(&[plain, timed, plain], 2);
}

#[test]
fn who_waits_again_waits_for_the_others_again() {
    const ROUNDS: usize = 3;
    let wait = either_way();
    let barrier = shared(2);
    let complete = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&complete);
    let party = with("party", &barrier, move |barrier| {
        [(); ROUNDS].map(|()| {
            let place = wait(barrier);
            theirs.fetch_add(1, Ordering::SeqCst);
            place
        })
    });
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            until_others_wait();
            // An addition reads the newest value.
            let before = complete.fetch_add(0, Ordering::SeqCst);
            (before, wait(&barrier))
        })
        .collect();
    let places = finish(party);
    let expected: Vec<_> = (0..ROUNDS).map(|round| (round, Some(1))).collect();
    assert_eq!(rounds, expected, "rounds that were complete, and the place of who comes second");
    assert_eq!(places, [Some(0); ROUNDS], "the places of the party that comes first in each round");
}

#[test]
fn a_fast_party_waits_for_the_slow_one_to_come_again() {
    // The one that makes the round complete waits again, while the other one is still on its way out.
    let wait = either_way();
    let barrier = shared(2);
    let complete = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&complete);
    let slow = with("slow party", &barrier, move |barrier| {
        let first = wait(barrier);
        until_others_wait();
        let ahead = theirs.fetch_add(0, Ordering::SeqCst);
        (first, ahead, wait(barrier))
    });
    until_others_wait();
    let places = [(); 2].map(|()| {
        let place = wait(&barrier);
        complete.fetch_add(1, Ordering::SeqCst);
        place
    });
    let slow = finish(slow);
    assert_eq!(places, [Some(1), Some(0)], "the places of the party that came last, and then first");
    assert_eq!(
        slow,
        (Some(0), 1, Some(1)),
        "the place of the other party, rounds that the fast one has completed, and the second place"
    );
}

#[test]
fn four_threads_at_a_barrier_for_two_meet_in_pairs() {
    let barrier = shared(2);
    let ways: [Way; 3] = [plain, timed, plain];
    let others = ways.map(|wait| with("party", &barrier, wait));
    let own = plain(&barrier);
    let mut places: Vec<_> = others.into_iter().map(finish).chain([own]).collect();
    places.sort_unstable();
    assert_eq!(places, [Some(0), Some(0), Some(1), Some(1)], "the places in two rounds, sorted");
    is_usable_and_empty(&barrier, "after two rounds");
}
