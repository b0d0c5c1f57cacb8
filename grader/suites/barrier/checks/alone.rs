//! What one thread finds out alone.

use std::error::Error;
use std::time::{Duration, Instant};

use barrier::Broken;
use barrier::Barrier;

use crate::instruments::{AGES, at_once, is_broken_and_empty, is_usable_and_empty, new, plain};

const MOMENT: Duration = Duration::from_millis(2);
/// More than a byte can count.
const MANY: usize = 300;

#[test]
fn a_new_barrier_is_empty_and_usable() {
    // In the end, two more than two bytes can tell apart. (Not far more: some may reserve room for each party.)
    for parties in [1, 2, 3, 10, 1_000, (1 << 16) + 2] {
        let barrier = new(parties);
        assert_eq!(Barrier::parties(&barrier), parties, "`parties` of a new barrier");
        is_usable_and_empty(&barrier, "of a new barrier");
        Barrier::abort(&barrier);
        assert_eq!(Barrier::parties(&barrier), parties, "`parties` of a broken barrier");
        Barrier::reset(&barrier);
        assert_eq!(Barrier::parties(&barrier), parties, "`parties` after a reset");
    }
}

#[test]
fn one_party_waits_for_nobody() {
    let barrier = new(1);
    for round in 0..MANY {
        assert_eq!(plain(&barrier), Some(0), "the place of the only party, round {round}");
        for timeout in [Duration::ZERO, Duration::from_nanos(1), MOMENT, AGES] {
            let place = Barrier::wait_timeout(&barrier, timeout).ok();
            assert_eq!(place, Some(0), "the place of the only party, with a timeout of {timeout:?}");
        }
    }
    is_usable_and_empty(&barrier, "of a barrier with one party");
    assert_eq!(Barrier::parties(&barrier), 1, "`parties` after some rounds");
}

#[test]
fn a_timeout_breaks_it_until_it_is_reset() {
    for parties in [2, 3] {
        let barrier = new(parties);
        for timeout in [Duration::ZERO, Duration::from_nanos(1), MOMENT, 3 * MOMENT] {
            let start = Instant::now();
            let place = Barrier::wait_timeout(&barrier, timeout).ok();
            let took = start.elapsed();
            assert_eq!(place, None, "one of {parties} parties, with a timeout of {timeout:?}");
            assert!(took >= timeout, "gave up after {took:?} with a timeout of {timeout:?}");
            is_broken_and_empty(&barrier, "after a timeout");
            assert_eq!(plain(&barrier), None, "a wait while it is broken");
            is_broken_and_empty(&barrier, "after a wait while it is broken");
            assert_eq!(at_once(&barrier), None, "a wait of no time while it is broken");
            is_broken_and_empty(&barrier, "after a wait of no time while it is broken");
            Barrier::reset(&barrier);
            is_usable_and_empty(&barrier, "after a reset");
        }
    }
}

#[test]
fn an_abort_breaks_it_until_it_is_reset() {
    for parties in [1, 2, 3] {
        let barrier = new(parties);
        for _ in 0..MANY {
            Barrier::abort(&barrier);
            is_broken_and_empty(&barrier, "after an abort");
            // Also as often as there are parties, and more often.
            for _ in 0..4 {
                assert_eq!(plain(&barrier), None, "a wait while it is broken, of {parties} parties");
                is_broken_and_empty(&barrier, "after a wait while it is broken");
                for timeout in [Duration::ZERO, MOMENT, AGES] {
                    let place = Barrier::wait_timeout(&barrier, timeout).ok();
                    assert_eq!(place, None, "a timed wait while it is broken, of {parties} parties");
                    is_broken_and_empty(&barrier, "after a timed wait while it is broken");
                }
            }
            Barrier::abort(&barrier);
            is_broken_and_empty(&barrier, "after a second abort");
            Barrier::reset(&barrier);
            is_usable_and_empty(&barrier, "after a reset");
            Barrier::reset(&barrier);
            is_usable_and_empty(&barrier, "after a second reset");
        }
        let place = at_once(&barrier);
        assert_eq!(place, (parties == 1).then_some(0), "a wait of no time after a reset, of {parties} parties");
    }
}

#[test]
fn one_barrier_knows_nothing_of_another() {
    let (one, other) = (new(2), new(2));
    Barrier::abort(&one);
    is_usable_and_empty(&other, "where another one was aborted");
    assert_eq!(at_once(&other), None, "the first of two parties");
    Barrier::reset(&one);
    is_broken_and_empty(&other, "where another one was reset");
    is_usable_and_empty(&one, "where it was reset, and not the other one");
    let (one, other) = (new(1), new(2));
    assert_eq!([Barrier::parties(&one), Barrier::parties(&other)], [1, 2], "`parties` of two barriers");
    assert_eq!(plain(&one), Some(0), "the only party of one barrier");
    assert_eq!(at_once(&other), None, "the first of two parties of another barrier");
    assert_eq!(plain(&one), Some(0), "the only party, where another barrier is broken");
}

#[test]
fn its_error_says_what_happened() {
    let error: Box<dyn Error + Send + Sync> = Box::new(Broken);
    assert!(!error.to_string().trim().is_empty(), "the message of `Broken` is empty");
    assert!(!format!("{:?}", Broken).is_empty(), "`Broken` has no `Debug` text");
}
