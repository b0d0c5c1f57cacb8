//! Every counter can be sent to and shared between threads, printed with `{:?}`, and made by `default`.

use std::fmt::Debug;

use race_counter::{AtomicCounter, Counter, LockedCounter, RacyCounter};

fn shared<C: Counter + Send + Sync + Debug + Default>() {}

fn main() {
    shared::<RacyCounter>();
    shared::<LockedCounter>();
    shared::<AtomicCounter>();
}
