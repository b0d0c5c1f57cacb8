//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p barrier`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use barrier::{Barrier, Broken};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

const MOMENT: Duration = Duration::from_millis(5);
/// Nobody waits for so long: it is the barrier that ends the wait. In the model it has no deadline.
const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

fn shared(parties: usize) -> Arc<Barrier> {
    Arc::new(Barrier::new(NonZeroUsize::new(parties).expect("a barrier has a party")))
}

#[test]
fn a_barrier_for_one_lets_everybody_pass() {
    let barrier = shared(1);
    assert_eq!((barrier.parties(), barrier.waiting(), barrier.is_broken()), (1, 0, false), "a new one");
    for _ in 0..3 {
        assert_eq!(barrier.wait(), Ok(0), "the only party");
        assert_eq!(barrier.wait_timeout(Duration::ZERO), Ok(0), "the only party is the last one");
    }
}

#[test]
fn a_barrier_is_broken_until_it_is_reset() {
    let barrier = shared(2);
    let start = Instant::now();
    assert_eq!(barrier.wait_timeout(MOMENT), Err(Broken), "nobody else comes");
    assert!(start.elapsed() >= MOMENT, "gave up after {:?} with a timeout of {MOMENT:?}", start.elapsed());
    for _ in 0..2 {
        assert!(barrier.is_broken(), "it stays broken");
        assert_eq!([barrier.wait(), barrier.wait_timeout(AGES)], [Err(Broken); 2], "at once");
    }
    barrier.reset();
    assert!(!barrier.is_broken(), "after a reset");
    barrier.abort();
    assert!(barrier.is_broken(), "after an abort");
}

#[test]
fn two_parties_meet_twice_and_see_what_the_other_one_did() {
    let barrier = shared(2);
    let done = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let parties = [0, 1].map(|own| {
        let (barrier, done) = (Arc::clone(&barrier), Arc::clone(&done));
        thread::spawn(move || {
            [1, 2].map(|round| {
                done[own].store(round, Ordering::Relaxed);
                let place = if own == 0 { barrier.wait() } else { barrier.wait_timeout(AGES) };
                let other = done[1 - own].load(Ordering::Relaxed);
                assert!(other >= round, "after round {round}, the other one was seen in round {other}");
                place.expect("nobody breaks it")
            })
        })
    });
    let [one, other] = parties.map(|party| party.join().expect("a party does not panic"));
    for round in 0..2 {
        assert_eq!(one[round] + other[round], 1, "places 0 and 1, in round {round}");
    }
    assert_eq!(barrier.waiting(), 0, "nobody waits at the end");
}

#[test]
fn a_round_that_is_complete_stays_so_though_an_abort_follows() {
    let barrier = shared(2);
    let theirs = Arc::clone(&barrier);
    let other = thread::spawn(move || theirs.wait());
    let own = barrier.wait();
    barrier.abort();
    let other = other.join().expect("the other one does not panic");
    assert!([(Ok(0), Ok(1)), (Ok(1), Ok(0))].contains(&(own, other)), "{own:?} and {other:?}");
}

#[test]
fn who_waits_is_released_by_an_abort_and_by_a_timeout_of_another_one() {
    for aborts in [true, false] {
        let barrier = shared(3);
        let theirs = Arc::clone(&barrier);
        let waiter = thread::spawn(move || theirs.wait());
        if aborts {
            barrier.abort();
        } else {
            assert_eq!(barrier.wait_timeout(MOMENT), Err(Broken), "one party is missing");
        }
        assert_eq!(waiter.join().expect("the waiter does not panic"), Err(Broken), "aborted: {aborts}");
    }
}

#[test]
fn a_reset_comes_before_a_party_or_releases_it() {
    let barrier = shared(2);
    let theirs = Arc::clone(&barrier);
    let party = thread::spawn(move || theirs.wait());
    barrier.reset();
    assert!(!barrier.is_broken(), "after a reset");
    // Whoever has been released leaves a barrier that is empty. Whoever came later is the first of a new round.
    let own = barrier.wait_timeout(MOMENT);
    let place = party.join().expect("the party does not panic");
    assert!(
        [(Err(Broken), Err(Broken)), (Ok(0), Ok(1)), (Ok(1), Ok(0))].contains(&(place, own)),
        "{place:?}, {own:?}"
    );
    assert_eq!(barrier.is_broken(), own.is_err(), "a timeout breaks it");
    barrier.reset();
    assert_eq!((barrier.is_broken(), barrier.waiting()), (false, 0), "after a second reset");
}
