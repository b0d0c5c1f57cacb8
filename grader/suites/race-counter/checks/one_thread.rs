//! What every counter does when no other thread uses it.

use std::sync::Arc;
use std::sync::Mutex;

use race_counter::{AtomicCounter, LockedCounter, RacyCounter};

use crate::instruments::{finish, start};

fn counts_right<C: race_counter::Counter + Default>(new: fn() -> C) {
    let counter = new();
    assert_eq!(C::value(&counter), 0, "a new counter");
    assert_eq!(C::value(&C::default()), 0, "a counter made by `default`");

    C::add(&counter, 5);
    C::add(&counter, -8);
    assert_eq!(C::value(&counter), -3, "0 + 5 - 8");
    assert_eq!(C::value(&counter), -3, "`value` called again");
    C::increment(&counter);
    C::increment(&counter);
    C::decrement(&counter);
    assert_eq!(C::value(&counter), -2, "-3, up, up, down");
    C::add(&counter, 0);
    assert_eq!(C::value(&counter), -2, "`add(0)`");

    for _ in 0..1_000 {
        C::increment(&counter);
    }
    for _ in 0..500 {
        C::decrement(&counter);
    }
    assert_eq!(C::value(&counter), 498, "-2, 1,000 times up, 500 times down");

    let large = new();
    C::add(&large, 3_000_000_000_000_000_017);
    assert_eq!(C::value(&large), 3_000_000_000_000_000_017, "a large amount");
    C::add(&large, -6_000_000_000_000_000_035);
    assert_eq!(C::value(&large), -3_000_000_000_000_000_018, "a large negative amount");
    assert_eq!(C::value(&counter), 498, "a counter, while another one is far from zero");
    C::add(&large, 3_000_000_000_000_000_018);
    assert_eq!(C::value(&large), 0, "and back");
    assert_eq!(C::value(&counter), 498, "a counter, after another one has changed");
}

fn counts_in_turns<C: race_counter::Counter + Default + 'static>(counter: C) {
    let counter = Arc::new(counter);
    for (amount, sum) in [(1, 1), (10, 11), (100, 111)] {
        let theirs = Arc::clone(&counter);
        let seen = finish(start("adder", move || {
            C::add(&theirs, amount);
            C::value(&theirs)
        }));
        assert_eq!(seen, sum, "what the thread that added {amount} saw");
        assert_eq!(C::value(&counter), sum, "after the thread that added {amount} had ended");
    }
}

/// Its `increment` and `decrement` are the given ones.
#[derive(Default)]
struct Amounts(Mutex<Vec<i64>>);

impl race_counter::Counter for Amounts {
    fn add(&self, amount: i64) {
        self.0.lock().unwrap().push(amount);
    }

    fn value(&self) -> i64 {
        self.0.lock().unwrap().iter().sum()
    }
}

#[test]
fn the_racy_counter_counts_right_alone() {
    counts_right(RacyCounter::new);
}

#[test]
fn the_locked_counter_counts_right_alone() {
    counts_right(LockedCounter::new);
}

#[test]
fn the_atomic_counter_counts_right_alone() {
    counts_right(AtomicCounter::new);
}

#[test]
fn no_counter_loses_anything_when_threads_take_turns() {
    counts_in_turns(RacyCounter::new());
    counts_in_turns(LockedCounter::new());
    counts_in_turns(AtomicCounter::new());
}

#[test]
fn the_given_trait_adds_one_and_minus_one() {
    let counter = Amounts::default();
    race_counter::Counter::increment(&counter);
    race_counter::Counter::decrement(&counter);
    assert_eq!(*counter.0.lock().unwrap(), [1, -1], "`increment` and `decrement` call `add`");
    let atomic = AtomicCounter::new();
    for counter in [&counter as &dyn race_counter::Counter, &atomic] {
        let before = race_counter::Counter::value(counter);
        race_counter::Counter::increment(counter);
        assert_eq!(race_counter::Counter::value(counter), before + 1, "`increment` through `dyn Counter`");
    }
}
