//! The counter with the atomic: it never loses an update.

use race_counter::AtomicCounter;

use crate::adding;

#[test]
fn two_threads_that_add_twice_lose_nothing() {
    adding::two_threads_add_twice(AtomicCounter::new());
}

#[test]
fn three_threads_that_add_once_lose_nothing() {
    adding::three_threads_add_once(AtomicCounter::new());
}

#[test]
fn a_thread_that_is_overtaken_repeatedly_loses_nothing() {
    adding::four_threads_add_once(AtomicCounter::new());
}

#[test]
fn increments_and_decrements_are_never_lost() {
    adding::steps_are_never_lost(AtomicCounter::new());
}

#[test]
fn reading_the_value_disturbs_nothing() {
    adding::reading_disturbs_nothing(AtomicCounter::new());
    adding::a_carry_is_seen_whole(AtomicCounter::new());
}

#[test]
fn the_value_counts_all_that_happened_before() {
    adding::what_happened_before_is_counted(AtomicCounter::new());
}

#[cfg(engine = "stress")]
#[test]
fn five_million_increments_are_all_there() {
    adding::a_million_each(AtomicCounter::new);
}

#[cfg(engine = "model")]
#[test]
fn threads_that_come_late_lose_nothing() {
    adding::the_first_thread_and_a_later_one_add(AtomicCounter::new(), 128);
}

#[cfg(engine = "model")]
#[test]
fn ten_threads_that_add_three_times_lose_nothing() {
    adding::ten_threads_add_three_times(AtomicCounter::new());
}

#[cfg(engine = "model")]
#[test]
fn a_thread_that_is_overtaken_hundreds_of_times_loses_nothing() {
    adding::a_slow_thread_adds_once(AtomicCounter::new());
}
