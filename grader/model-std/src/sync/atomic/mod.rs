//! `std::sync::atomic`: every atomic type, under the C11 memory model.

mod cell;
mod foreign;
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

/// The values that atomics begin with. See [`std`](real::sync::atomic::ATOMIC_BOOL_INIT).
macro_rules! initial {
    ($($name:ident: $type:ident = $value:literal;)*) => { $(
        #[doc = concat!("See [`std`](real::sync::atomic::", stringify!($name), ").")]
        #[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
        #[allow(clippy::declare_interior_mutable_const, reason = "std's is one")]
        pub const $name: $type = $type::new($value);
    )* };
}

initial! {
    ATOMIC_BOOL_INIT: AtomicBool = false;
    ATOMIC_ISIZE_INIT: AtomicIsize = 0;
    ATOMIC_USIZE_INIT: AtomicUsize = 0;
}

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
