//! A type with a `MutexGuard` is not `Send`, and so it is no `Counter`.

use std::sync::MutexGuard;

use race_counter::Counter;

struct GuardCounter(MutexGuard<'static, i64>);

impl Counter for GuardCounter {
    fn add(&self, _amount: i64) {}

    fn value(&self) -> i64 {
        *self.0
    }
}

fn main() {}
