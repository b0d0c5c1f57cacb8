//! The public tests: plain threads under `cargo test`, every interleaving under
//! `RUSTFLAGS="--cfg model" cargo test -p race-counter`.

use std::sync::Arc;
use std::thread;

use race_counter::{AtomicCounter, Counter, LockedCounter, RacyCounter, hammer};

// Without the dependency that puts the model in the place of std, this does not compile: the tests would run on
// real threads, and say nothing about interleavings.
#[cfg(model)]
std::assert_modelled!();
#[cfg(model)]
core::assert_modelled!();

fn counts_up_and_down<C: Counter>(counter: C) {
    assert_eq!(counter.value(), 0);
    counter.add(5);
    counter.add(-2);
    counter.increment();
    counter.decrement();
    assert_eq!(counter.value(), 3);
}

fn two_threads_add<C: Counter + 'static>(counter: C) -> i64 {
    let counter = Arc::new(counter);
    let threads: Vec<_> = [1, 10]
        .into_iter()
        .map(|amount| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.add(amount))
        })
        .collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    counter.value()
}

#[test]
fn every_counter_counts_right_on_one_thread() {
    counts_up_and_down(RacyCounter::new());
    counts_up_and_down(LockedCounter::new());
    counts_up_and_down(AtomicCounter::new());
}

#[test]
fn the_locked_counter_never_loses_an_update() {
    assert_eq!(two_threads_add(LockedCounter::new()), 11);
}

#[test]
fn the_atomic_counter_never_loses_an_update() {
    assert_eq!(two_threads_add(AtomicCounter::new()), 11);
}

#[test]
fn the_racy_counter_loses_an_update_or_none_but_invents_nothing() {
    let value = two_threads_add(RacyCounter::new());
    assert!([1, 10, 11].contains(&value), "1 and 10 were added, the counter says {value}");
}

#[test]
fn hammer_returns_the_value_after_all_increments() {
    let counter = LockedCounter::new();
    counter.add(100);
    assert_eq!(hammer(&counter, 2, 1), 102);
}

#[test]
fn hammer_with_no_threads_changes_nothing() {
    let counter = AtomicCounter::new();
    counter.add(7);
    assert_eq!(hammer(&counter, 0, 3), 7);
}

#[cfg(not(model))]
#[test]
fn five_threads_with_a_million_increments_each_lose_nothing() {
    assert_eq!(hammer(&LockedCounter::new(), 5, 1_000_000), 5_000_000);
    assert_eq!(hammer(&AtomicCounter::new(), 5, 1_000_000), 5_000_000);
}
