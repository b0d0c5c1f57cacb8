//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;

use race_counter::{AtomicCounter, LockedCounter, RacyCounter};

/// `trait Counter: Send + Sync`
fn counter_is_send_and_sync<C: race_counter::Counter>() {
    fn shared<T: Send + Sync>() {}
    shared::<C>();
}

/// `Counter::add(&self, amount: i64)`
fn counter_add<C: race_counter::Counter>(counter: &C) {
    let _: () = race_counter::Counter::add(counter, -1_i64);
}

/// `Counter::value(&self) -> i64`
fn counter_value<C: race_counter::Counter>(counter: &C) {
    let _: i64 = race_counter::Counter::value(counter);
}

/// `Counter::increment(&self)`
fn counter_increment<C: race_counter::Counter>(counter: &C) {
    let _: () = race_counter::Counter::increment(counter);
}

/// `Counter::decrement(&self)`
fn counter_decrement<C: race_counter::Counter>(counter: &C) {
    let _: () = race_counter::Counter::decrement(counter);
}

/// `trait Counter`, implemented by giving `add` and `value` alone
fn counter_needs_add_and_value_only() {
    struct Zero;
    impl race_counter::Counter for Zero {
        fn add(&self, _: i64) {}
        fn value(&self) -> i64 {
            0
        }
    }
    let _: &dyn race_counter::Counter = &Zero;
}

/// `RacyCounter::new() -> RacyCounter`
fn racy_counter_new() {
    let _: RacyCounter = RacyCounter::new();
}

/// `impl Counter for RacyCounter`
fn racy_counter_is_a_counter() {
    fn counter<C: race_counter::Counter>() {}
    counter::<RacyCounter>();
}

/// `#[derive(Debug, Default)] pub struct RacyCounter`
fn racy_counter_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<RacyCounter>();
}

/// `LockedCounter::new() -> LockedCounter`
fn locked_counter_new() {
    let _: LockedCounter = LockedCounter::new();
}

/// `impl Counter for LockedCounter`
fn locked_counter_is_a_counter() {
    fn counter<C: race_counter::Counter>() {}
    counter::<LockedCounter>();
}

/// `#[derive(Debug, Default)] pub struct LockedCounter`
fn locked_counter_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<LockedCounter>();
}

/// `AtomicCounter::new() -> AtomicCounter`
fn atomic_counter_new() {
    let _: AtomicCounter = AtomicCounter::new();
}

/// `impl Counter for AtomicCounter`
fn atomic_counter_is_a_counter() {
    fn counter<C: race_counter::Counter>() {}
    counter::<AtomicCounter>();
}

/// `#[derive(Debug, Default)] pub struct AtomicCounter`
fn atomic_counter_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<AtomicCounter>();
}

/// `hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64`
fn hammer_signature<C: race_counter::Counter>(counter: &C, threads: usize, increments: u64) {
    let _: i64 = race_counter::hammer(counter, threads, increments);
}
