//! `std::hint`.

pub use real::hint::*;

/// See [`std`](real::hint::spin_loop). A thread that spins lets others go first.
#[track_caller]
pub fn spin_loop() {
    crate::thread::yield_now();
}
