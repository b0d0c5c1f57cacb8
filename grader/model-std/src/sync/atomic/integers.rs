//! The atomic integers.

use core::fmt;
use core::panic::Location;
use core::sync::atomic::Ordering;
use real::panic::RefUnwindSafe;

use model_trace::{AtomicType, UpdateCall};

use super::cell::{AtomicCell, Word};
use super::foreign;

macro_rules! atomic_integer {
    ($name:ident $int:ident $type:ident) => {
        impl Word for $int {
            fn to_word(self) -> u64 {
                // Sign-extended, so that the trace can show it.
                self as i64 as u64
            }

            fn from_word(word: u64) -> Self {
                word as $int
            }
        }

        #[doc = concat!("See [`std`](real::sync::atomic::", stringify!($name), ").")]
        #[repr(transparent)]
        pub struct $name(AtomicCell<$int>);

        impl RefUnwindSafe for $name {}

        #[allow(missing_docs, reason = "each method is std's of the same name")]
        impl $name {
            #[track_caller]
            pub const fn new(value: $int) -> Self {
                $name(AtomicCell::new(value, AtomicType::$type))
            }

            /// # Safety
            /// As with std's: the value behind `place` lives, and is used as an atomic alone, as long as the result is used.
            #[track_caller]
            pub unsafe fn from_ptr<'a>(place: *mut $int) -> &'a Self {
                // SAFETY: the caller promises it, and the atomic is nothing but its cell.
                unsafe { &*foreign::cell_at(place, AtomicType::$type).cast() }
            }

            pub fn get_mut(&mut self) -> &mut $int {
                self.0.get_mut()
            }

            pub fn into_inner(self) -> $int {
                self.0.into_inner()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $int {
                self.0.load(order, Location::caller())
            }

            #[track_caller]
            pub fn store(&self, value: $int, order: Ordering) {
                self.0.store(value, order, Location::caller());
            }

            #[track_caller]
            pub fn swap(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::Swap, order, Location::caller(), |_| value)
            }

            #[deprecated(note = "Use `compare_exchange` or `compare_exchange_weak` instead")]
            #[track_caller]
            pub fn compare_and_swap(&self, current: $int, new: $int, order: Ordering) -> $int {
                let failure = match order {
                    Ordering::Release => Ordering::Relaxed,
                    Ordering::AcqRel => Ordering::Acquire,
                    order => order,
                };
                match self.compare_exchange(current, new, order, failure) {
                    Ok(old) | Err(old) => old,
                }
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$int, $int> {
                self.0.compare_exchange((current, new), (success, failure), false, Location::caller())
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$int, $int> {
                self.0.compare_exchange((current, new), (success, failure), true, Location::caller())
            }

            #[track_caller]
            pub fn fetch_add(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchAdd, order, Location::caller(), |old| old.wrapping_add(value))
            }

            #[track_caller]
            pub fn fetch_sub(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchSub, order, Location::caller(), |old| old.wrapping_sub(value))
            }

            #[track_caller]
            pub fn fetch_and(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchAnd, order, Location::caller(), |old| old & value)
            }

            #[track_caller]
            pub fn fetch_nand(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchNand, order, Location::caller(), |old| !(old & value))
            }

            #[track_caller]
            pub fn fetch_or(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchOr, order, Location::caller(), |old| old | value)
            }

            #[track_caller]
            pub fn fetch_xor(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchXor, order, Location::caller(), |old| old ^ value)
            }

            #[track_caller]
            pub fn fetch_max(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchMax, order, Location::caller(), |old| old.max(value))
            }

            #[track_caller]
            pub fn fetch_min(&self, value: $int, order: Ordering) -> $int {
                self.0.update(UpdateCall::FetchMin, order, Location::caller(), |old| old.min(value))
            }

            #[track_caller]
            pub fn fetch_update<F: FnMut($int) -> Option<$int>>(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                update: F,
            ) -> Result<$int, $int> {
                self.0.fetch_update((set_order, fetch_order), Location::caller(), update)
            }

            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                update: impl FnMut($int) -> Option<$int>,
            ) -> Result<$int, $int> {
                self.0.fetch_update((set_order, fetch_order), Location::caller(), update)
            }

            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut update: impl FnMut($int) -> $int,
            ) -> $int {
                let updated = self
                    .0
                    .fetch_update((set_order, fetch_order), Location::caller(), |old| Some(update(old)));
                match updated {
                    Ok(old) | Err(old) => old,
                }
            }

            #[track_caller]
            pub fn as_ptr(&self) -> *mut $int {
                crate::explore::acting::unsupported(
                    concat!(stringify!($name), "::as_ptr"),
                    "what is done through a raw pointer cannot be seen",
                    Location::caller(),
                )
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0.shown(), f)
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                $name::new(0)
            }
        }

        impl From<$int> for $name {
            #[track_caller]
            fn from(value: $int) -> Self {
                $name::new(value)
            }
        }
    };
}

atomic_integer!(AtomicI8 i8 I8);
atomic_integer!(AtomicI16 i16 I16);
atomic_integer!(AtomicI32 i32 I32);
atomic_integer!(AtomicI64 i64 I64);
atomic_integer!(AtomicIsize isize Isize);
atomic_integer!(AtomicU8 u8 U8);
atomic_integer!(AtomicU16 u16 U16);
atomic_integer!(AtomicU32 u32 U32);
atomic_integer!(AtomicU64 u64 U64);
atomic_integer!(AtomicUsize usize Usize);
