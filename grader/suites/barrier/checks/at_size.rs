//! More threads than can be searched: in schedules that are sampled.

use std::iter;

use barrier::Barrier;
use harness::model::choose;
use harness::until_others_wait;

use crate::instruments::{
    A_MOMENT, Place, Way, are_all_places, at_once, briefly, finish, is_usable_and_empty, plain, shared, timed, with,
};

#[test]
fn six_parties_meet_in_three_rounds() {
    const PARTIES: usize = 6;
    const ROUNDS: usize = 3;
    let barrier = shared(PARTIES);
    let parties = [(); PARTIES].map(|()| {
        let ways: [Way; ROUNDS] = [(); ROUNDS].map(|()| if choose(2) == 0 { plain } else { timed });
        with("party", &barrier, move |barrier| ways.map(|wait| wait(barrier)))
    });
    let places = parties.map(finish);
    for round in 0..ROUNDS {
        are_all_places(places.iter().map(|places| places[round]).collect());
    }
    is_usable_and_empty(&barrier, "after all rounds");
}

/// How often each place was given: equally often, since each place is there once in each complete round.
fn count(parties: usize, places: impl Iterator<Item = Place>) -> Vec<usize> {
    let mut count = vec![0; parties];
    for place in places.flatten() {
        assert!(place < parties, "a place of {place} at a barrier for {parties}");
        count[place] += 1;
    }
    count
}

#[test]
fn three_parties_complete_equally_many_rounds_before_it_is_broken() {
    const PARTIES: usize = 3;
    let barrier = shared(PARTIES);
    let parties: Vec<_> = (0..PARTIES)
        .map(|_| {
            let wait: Way = [plain, timed, briefly][choose(3)];
            with("party", &barrier, move |barrier| {
                iter::repeat_with(|| wait(barrier)).take(3).take_while(Option::is_some).collect::<Vec<_>>()
            })
        })
        .collect();
    let breaks = choose(3);
    let own = match breaks {
        0 => {
            Barrier::abort(&barrier);
            None
        }
        1 => at_once(&barrier),
        _ => {
            Barrier::reset(&barrier);
            None
        }
    };
    // Whoever waits for a party that has left already.
    until_others_wait();
    Barrier::abort(&barrier);
    let places: Vec<_> = parties.into_iter().map(finish).collect();
    let complete: Vec<_> = places.iter().map(Vec::len).collect();
    let places = count(PARTIES, places.into_iter().flatten().chain([own]));
    assert_eq!(places, [places[0]; PARTIES], "how often each place was given");
    // This thread may have been a party of a round, in the place of another one.
    let equal = breaks == 1 || complete == [complete[0]; PARTIES];
    assert!(equal, "the rounds that each of three parties completed: {complete:?}");
}

#[test]
fn in_any_disorder_each_place_is_given_equally_often() {
    const PARTIES: usize = 2;
    let barrier = shared(PARTIES);
    let threads = [(); 4].map(|()| {
        let calls = [(); 4].map(|()| choose(6));
        with("thread", &barrier, move |barrier| {
            calls.map(|call| match call {
                0 | 1 => briefly(barrier),
                2 => at_once(barrier),
                3 => Barrier::wait_timeout(barrier, 2 * A_MOMENT).ok(),
                4 => {
                    Barrier::abort(barrier);
                    None
                }
                _ => {
                    Barrier::reset(barrier);
                    None
                }
            })
        })
    });
    let places: Vec<_> = threads.into_iter().flat_map(finish).collect();
    let places = count(PARTIES, places.into_iter());
    assert_eq!(places, [places[0]; PARTIES], "how often each place was given");
    Barrier::reset(&barrier);
    is_usable_and_empty(&barrier, "after a reset");
}
