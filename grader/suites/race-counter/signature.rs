//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;

use race_counter::*;

/// `trait Counter: Send + Sync`
fn counter_is_send_and_sync<C: Counter>() {
    fn shared<T: Send + Sync>() {}
    shared::<C>();
}

/// `Counter::add(&self, amount: i64)`
fn counter_add<C: Counter>(counter: &C) {
    let _: () = Counter::add(counter, -1_i64);
}

/// `Counter::value(&self) -> i64`
fn counter_value<C: Counter>(counter: &C) {
    let _: i64 = Counter::value(counter);
}

/// `Counter::increment(&self)`
fn counter_increment<C: Counter>(counter: &C) {
    let _: () = Counter::increment(counter);
}

/// `Counter::decrement(&self)`
fn counter_decrement<C: Counter>(counter: &C) {
    let _: () = Counter::decrement(counter);
}

/// `trait Counter`, implemented by giving `add` and `value` alone
fn counter_needs_add_and_value_only() {
    struct Zero;
    impl Counter for Zero {
        fn add(&self, _: i64) {}
        fn value(&self) -> i64 {
            0
        }
    }
    let _: &dyn Counter = &Zero;
}

/// `RacyCounter::new() -> RacyCounter`
fn racy_counter_new() {
    let _: RacyCounter = RacyCounter::new();
}

/// `impl Counter for RacyCounter`
fn racy_counter_is_a_counter() {
    fn counter<C: Counter>() {}
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
    fn counter<C: Counter>() {}
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
    fn counter<C: Counter>() {}
    counter::<AtomicCounter>();
}

/// `#[derive(Debug, Default)] pub struct AtomicCounter`
fn atomic_counter_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<AtomicCounter>();
}

/// `hammer<C: Counter>(counter: &C, threads: usize, increments: u64) -> i64`
fn hammer_signature<C: Counter>(counter: &C, threads: usize, increments: u64) {
    let _: i64 = hammer(counter, threads, increments);
}
