//! What every counter does when no other thread uses it.

use std::sync::Arc;
use std::sync::Mutex;

use race_counter::*;

use crate::instruments::{finish, start};

fn counts_right<C: Counter + Default>(new: fn() -> C) {
    let counter = new();
    assert_eq!(counter.value(), 0, "a new counter");
    assert_eq!(C::default().value(), 0, "a counter made by `default`");

    counter.add(5);
    counter.add(-8);
    assert_eq!(counter.value(), -3, "0 + 5 - 8");
    assert_eq!(counter.value(), -3, "`value` called again");
    counter.increment();
    counter.increment();
    counter.decrement();
    assert_eq!(counter.value(), -2, "-3, up, up, down");
    counter.add(0);
    assert_eq!(counter.value(), -2, "`add(0)`");

    for _ in 0..1_000 {
        counter.increment();
    }
    for _ in 0..500 {
        counter.decrement();
    }
    assert_eq!(counter.value(), 498, "-2, 1,000 times up, 500 times down");

    let large = new();
    large.add(3_000_000_000_000_000_017);
    assert_eq!(large.value(), 3_000_000_000_000_000_017, "a large amount");
    large.add(-6_000_000_000_000_000_035);
    assert_eq!(large.value(), -3_000_000_000_000_000_018, "a large negative amount");
    assert_eq!(counter.value(), 498, "a counter, while another one is far from zero");
    large.add(3_000_000_000_000_000_018);
    assert_eq!(large.value(), 0, "and back");
    assert_eq!(counter.value(), 498, "a counter, after another one has changed");
}

fn counts_in_turns<C: Counter + Default + 'static>(counter: C) {
    let counter = Arc::new(counter);
    for (amount, sum) in [(1, 1), (10, 11), (100, 111)] {
        let theirs = Arc::clone(&counter);
        let seen = finish(start("adder", move || {
            theirs.add(amount);
            theirs.value()
        }));
        assert_eq!(seen, sum, "what the thread that added {amount} saw");
        assert_eq!(counter.value(), sum, "after the thread that added {amount} had ended");
    }
}

/// Its `increment` and `decrement` are the given ones.
#[derive(Default)]
struct Amounts(Mutex<Vec<i64>>);

impl Counter for Amounts {
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
    counter.increment();
    counter.decrement();
    assert_eq!(*counter.0.lock().unwrap(), [1, -1], "`increment` and `decrement` call `add`");
    let atomic = AtomicCounter::new();
    for counter in [&counter as &dyn Counter, &atomic] {
        let before = counter.value();
        counter.increment();
        assert_eq!(counter.value(), before + 1, "`increment` through `dyn Counter`");
    }
}
