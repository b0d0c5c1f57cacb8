//! `std::hint`.

pub use real::hint::*;

/// See [`std`](real::hint::spin_loop). To loom a spinning thread is one that yields.
#[track_caller]
pub fn spin_loop() {
    crate::thread::yield_now();
}
