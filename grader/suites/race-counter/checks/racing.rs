//! The counter with the race condition: it can lose updates, and it invents none.

use race_counter::RacyCounter;

#[cfg(engine = "model")]
use crate::adding;
use crate::instruments::{after_adding, after_stepping};

#[cfg(engine = "model")]
#[test]
fn two_adds_can_lose_one() {
    // Of more than one, upwards and downwards: `increment` and `decrement` below add one.
    harness::model::expect_some(|| {
        let loses_one = |amounts: [i64; 2]| amounts.contains(&after_adding(RacyCounter::new(), &amounts));
        loses_one([2, 3]) && loses_one([-2, -3])
    });
}

#[cfg(engine = "model")]
#[test]
fn two_increments_can_lose_one() {
    harness::model::expect_some(|| {
        after_stepping(RacyCounter::new(), 2, 1, |counter, _| race_counter::Counter::increment(counter)) == 1
    });
}

#[cfg(engine = "model")]
#[test]
fn two_decrements_can_lose_one() {
    harness::model::expect_some(|| {
        after_stepping(RacyCounter::new(), 2, 1, |counter, _| race_counter::Counter::decrement(counter)) == -1
    });
}

#[cfg(engine = "model")]
#[test]
fn hammering_can_lose_an_update() {
    harness::model::expect_some(|| race_counter::hammer(&RacyCounter::new(), 2, 1) == 1);
}

#[cfg(engine = "model")]
#[test]
fn an_update_is_lost_whole_or_not_at_all() {
    let value = after_adding(RacyCounter::new(), &[1, 10]);
    assert!([1, 10, 11].contains(&value), "1 and 10 were added at once, the counter says {value}");
    // A number that is kept in two halves is racy in another way: 2 to the power of 32 lies in the upper
    // half.
    let high = 1 << 32;
    let value = after_adding(RacyCounter::new(), &[1, high]);
    assert!(
        [1, high, high + 1].contains(&value),
        "1 and {high} were added at once, the counter says {value}"
    );
}

#[cfg(engine = "model")]
#[test]
fn reading_the_value_disturbs_nothing() {
    adding::reading_disturbs_nothing(RacyCounter::new());
}

/// A race condition shows on real threads, too, sooner or later: even on a single core, a thread is preempted between
/// the two steps of some `add`. Short rounds come first: an `add` may yield in between, and take long. Where many others
/// want the processor, the two seldom run at the same time, and few of the preemptions fall between the steps: there are
/// far more rounds than a quiet machine needs.
#[cfg(engine = "stress")]
#[test]
fn adding_on_real_threads_loses_updates() {
    const MOST: u64 = 2_000_000;
    let mut rounds = (0..11).map(|doubled| 1_000 << doubled).chain(std::iter::repeat_n(MOST, 40));
    let loses = |times: u64| {
        let step = |counter: &RacyCounter, _| race_counter::Counter::increment(counter);
        after_stepping(RacyCounter::new(), 2, times, step) < 2 * times as i64
    };
    assert!(
        rounds.any(loses),
        "two threads incremented up to {MOST} times each, and no update was ever lost"
    );
}

/// Few increments are enough: whether an `add` invents something shows in each of them, and one that yields in between
/// takes as long as all other threads of the machine like.
#[cfg(engine = "stress")]
#[test]
fn an_update_is_lost_whole_or_not_at_all() {
    let value =
        after_stepping(RacyCounter::new(), 4, 1_000, |counter, _| race_counter::Counter::increment(counter));
    assert!((1..=4_000).contains(&value), "4,000 increments, the counter says {value}");
    let value =
        after_stepping(RacyCounter::new(), 4, 1_000, |counter, _| race_counter::Counter::decrement(counter));
    assert!((-4_000..=-1).contains(&value), "4,000 decrements, the counter says {value}");
}
