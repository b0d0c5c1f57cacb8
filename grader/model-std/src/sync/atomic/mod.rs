//! `std::sync::atomic`: every atomic type, under the C11 memory model.

mod cell;
mod integers;
mod others;

use core::panic::Location;

pub use core::sync::atomic::Ordering;
pub use integers::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    AtomicUsize,
};
pub use others::{AtomicBool, AtomicPtr};

use crate::explore::acting::{schedule_point, with};

/// See [`std`](real::sync::atomic::fence).
///
/// # Panics
/// If `order` is `Relaxed`.
#[track_caller]
pub fn fence(order: Ordering) {
    assert!(order != Ordering::Relaxed, "there is no such thing as a relaxed fence");
    let location = Location::caller();
    schedule_point(location);
    with(|state| state.fence(order, location));
}

/// See [`std`](real::sync::atomic::compiler_fence). It orders nothing between threads.
///
/// # Panics
/// If `order` is `Relaxed`.
#[track_caller]
pub fn compiler_fence(order: Ordering) {
    core::sync::atomic::compiler_fence(order);
}

/// See [`std`](real::sync::atomic::spin_loop_hint).
#[deprecated(note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::thread::yield_now();
}
