//! The counter with the lock: it never loses an update.

use race_counter::LockedCounter;

use crate::adding;

#[test]
fn two_threads_that_add_twice_lose_nothing() {
    adding::two_threads_add_twice(LockedCounter::new());
}

#[test]
fn three_threads_that_add_once_lose_nothing() {
    adding::three_threads_add_once(LockedCounter::new());
}

#[test]
fn increments_and_decrements_are_never_lost() {
    adding::steps_are_never_lost(LockedCounter::new());
}

#[test]
fn reading_the_value_disturbs_nothing() {
    adding::reading_disturbs_nothing(LockedCounter::new());
    adding::a_carry_is_seen_whole(LockedCounter::new());
}

#[test]
fn the_value_counts_all_that_happened_before() {
    adding::what_happened_before_is_counted(LockedCounter::new());
}

#[cfg(engine = "stress")]
#[test]
fn five_million_increments_are_all_there() {
    adding::a_million_each(LockedCounter::new);
}

#[cfg(engine = "model")]
#[test]
fn ten_threads_that_add_three_times_lose_nothing() {
    adding::ten_threads_add_three_times(LockedCounter::new());
}
