//! Many real threads, and real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use barrier::Barrier;
use harness::stress::{Rng, seed};
use harness::until_others_wait;

use crate::instruments::{
    Place, are_all_places, at_once, finish, is_broken_and_empty, is_usable_and_empty, plain, shared, with,
};

/// Nobody waits for so long.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Waits in one of two ways.
fn wait(barrier: &Barrier, number: usize) -> Place {
    if number % 2 == 0 { plain(barrier) } else { Barrier::wait_timeout(barrier, A_MINUTE).ok() }
}

/// So many parties, and all but one of them wait.
fn crowd(parties: usize) -> (Arc<Barrier>, Vec<std::thread::JoinHandle<Place>>) {
    let barrier = shared(parties);
    let waiters = (1..parties)
        .map(|number| with("waiter", &barrier, move |barrier| wait(barrier, number)))
        .collect();
    until_others_wait();
    (barrier, waiters)
}

#[test]
fn three_hundred_parties_meet() {
    let (barrier, waiters) = crowd(300);
    let waiting = Barrier::waiting(&barrier);
    let own = plain(&barrier);
    let places = waiters.into_iter().map(finish).chain([own]).collect();
    are_all_places(places);
    assert_eq!((waiting, own), (299, Some(299)), "`waiting` before the last party, and its place");
    is_usable_and_empty(&barrier, "after the only round");
}

#[test]
fn three_hundred_parties_are_released_by_an_abort_and_by_a_reset() {
    let breaks: [fn(&Barrier); 3] = [Barrier::abort, Barrier::reset, |barrier| _ = at_once(barrier)];
    // With one more for the wait of no time, which is not the last one.
    for (breaks, missing) in breaks.into_iter().zip([1, 1, 2]) {
        let barrier = shared(299 + missing);
        let waiters: Vec<_> = (0..299)
            .map(|number| with("waiter", &barrier, move |barrier| wait(barrier, number)))
            .collect();
        until_others_wait();
        breaks(&barrier);
        let released = waiters.into_iter().filter_map(|waiter| finish(waiter)).count();
        assert_eq!(released, 0, "parties that got a place although the barrier was broken or reset");
        assert_eq!(Barrier::waiting(&barrier), 0, "`waiting` after that");
    }
}

#[test]
fn a_timeout_breaks_it_for_a_crowd_in_real_time() {
    const TIMEOUT: Duration = Duration::from_millis(30);
    let barrier = shared(30);
    let waiters: Vec<_> =
        (1..29).map(|number| with("waiter", &barrier, move |barrier| wait(barrier, number))).collect();
    let start = Instant::now();
    let own = Barrier::wait_timeout(&barrier, TIMEOUT).ok();
    let took = start.elapsed();
    let released = waiters.into_iter().filter_map(finish).count();
    assert_eq!((own, released), (None, 0), "one place, and the number of others, though one party was missing");
    assert!(took >= TIMEOUT, "gave up after {took:?} with a timeout of {TIMEOUT:?}");
    is_broken_and_empty(&barrier, "after a timeout");
}

#[test]
fn eight_parties_meet_in_a_thousand_rounds() {
    const PARTIES: usize = 8;
    const ROUNDS: usize = 1_000;
    let shared = Arc::new((shared(PARTIES), [const { AtomicUsize::new(0) }; PARTIES]));
    let parties: Vec<_> = (0..PARTIES)
        .map(|own| {
            with("party", &shared, move |(barrier, phases)| {
                (1..=ROUNDS)
                    .map(|round| {
                        phases[own].store(round, Ordering::Relaxed);
                        let place = wait(barrier, own + round);
                        let seen = phases.iter().map(|phase| phase.load(Ordering::Relaxed));
                        let wrong: Vec<_> = seen.filter(|&seen| seen != round && seen != round + 1).collect();
                        assert!(wrong.is_empty(), "in round {round}, others were in {wrong:?}");
                        place
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let places: Vec<_> = parties.into_iter().map(finish).collect();
    for round in 0..ROUNDS {
        are_all_places(places.iter().map(|places| places[round]).collect());
    }
    is_usable_and_empty(&shared.0, "after all rounds");
}

#[test]
fn aborts_and_resets_of_many_threads_leave_each_round_whole() {
    const PARTIES: usize = 3;
    let barrier = shared(PARTIES);
    let threads: Vec<_> = (0..6)
        .map(|number| {
            with("thread", &barrier, move |barrier| {
                let mut rng = Rng::new(seed() + number);
                (0..1_000)
                    .filter_map(|_| match rng.below(16) {
                        0 => {
                            Barrier::abort(barrier);
                            None
                        }
                        1 | 2 => {
                            Barrier::reset(barrier);
                            None
                        }
                        3 => at_once(barrier),
                        _ => Barrier::wait_timeout(barrier, Duration::from_micros(rng.below(200))).ok(),
                    })
                    .collect::<Vec<usize>>()
            })
        })
        .collect();
    let mut count = [0; PARTIES];
    for place in threads.into_iter().flat_map(finish) {
        assert!(place < PARTIES, "a place of {place} at a barrier for {PARTIES}");
        count[place] += 1;
    }
    assert_eq!(count, [count[0]; PARTIES], "how often each place was given");
    Barrier::reset(&barrier);
    is_usable_and_empty(&barrier, "after a reset");
}

/// What `waiting` says while nothing happens, in the model as well, may be old: nothing orders the threads. On real
/// threads it is not, since those that wait have slept for a while.
#[test]
fn waiting_counts_those_inside_the_open_round() {
    let barrier = shared(3);
    let (mut expected, mut counted) = (Vec::new(), Vec::new());
    let mut count = |number| {
        until_others_wait();
        expected.push(number);
        counted.push(Barrier::waiting(&barrier));
    };
    let arrive = |number| with("waiter", &barrier, move |barrier| wait(barrier, number));
    // A round that is complete, one that is reset, one that is aborted, and another complete one.
    for round in 0..4 {
        count(0);
        let first = arrive(round);
        count(1);
        let second = arrive(round + 1);
        count(2);
        match round {
            1 => Barrier::reset(&barrier),
            2 => Barrier::abort(&barrier),
            _ => assert_eq!(plain(&barrier), Some(2), "the place of the last party, round {round}"),
        }
        count(0);
        let places = [finish(first), finish(second)];
        let complete = [0, 3].contains(&round);
        let all = if complete { [Some(0), Some(1)] } else { [None; 2] };
        assert_eq!(places, all, "the places of those who waited, round {round}");
        count(0);
        Barrier::reset(&barrier);
    }
    assert_eq!(counted, expected, "`waiting`, with nobody, one, and two of three parties inside, in four rounds");
}
