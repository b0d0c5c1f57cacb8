//! `AtomicBool` and `AtomicPtr`.

use core::fmt;
use core::panic::Location;
use core::ptr;
use core::sync::atomic::Ordering;
use real::panic::RefUnwindSafe;

use super::cell::{AtomicCell, Word};
use super::foreign;
use crate::explore::acting::unsupported;
use model_trace::{AtomicType, UpdateCall};

impl Word for bool {
    fn to_word(self) -> u64 {
        self.into()
    }

    fn from_word(word: u64) -> Self {
        word != 0
    }
}

impl<T> Word for *mut T {
    fn to_word(self) -> u64 {
        self.expose_provenance() as u64
    }

    fn from_word(word: u64) -> Self {
        ptr::with_exposed_provenance_mut(word as usize)
    }
}

/// See [`std`](real::sync::atomic::AtomicBool).
#[repr(transparent)]
pub struct AtomicBool(AtomicCell<bool>);

/// See [`std`](real::sync::atomic::AtomicPtr).
#[repr(transparent)]
pub struct AtomicPtr<T>(AtomicCell<*mut T>);

// SAFETY: as with std's: the pointer is only a number here, and to follow it is unsafe.
unsafe impl<T> Send for AtomicPtr<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for AtomicPtr<T> {}
impl RefUnwindSafe for AtomicBool {}
impl<T> RefUnwindSafe for AtomicPtr<T> {}

/// What both types share.
macro_rules! common {
    ([$($generics:tt)*] $name:ident: $value:ty, $type:ident) => {
        #[allow(missing_docs, reason = "each method is std's of the same name")]
        impl $($generics)* $name $($generics)* {
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                $name(AtomicCell::new(value, AtomicType::$type))
            }

            /// # Safety
            /// As with std's: the value behind `place` lives, and is used as an atomic alone, as long as the result is used.
            #[track_caller]
            pub unsafe fn from_ptr<'a>(place: *mut $value) -> &'a Self {
                // SAFETY: the caller promises it, and the atomic is nothing but its cell.
                unsafe { &*foreign::cell_at(place, AtomicType::$type).cast() }
            }

            pub fn get_mut(&mut self) -> &mut $value {
                self.0.get_mut()
            }

            pub fn into_inner(self) -> $value {
                self.0.into_inner()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.0.load(order, Location::caller())
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order, Location::caller());
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.0.update(UpdateCall::Swap, order, Location::caller(), |_| value)
            }

            #[deprecated(note = "Use `compare_exchange` or `compare_exchange_weak` instead")]
            #[track_caller]
            pub fn compare_and_swap(&self, current: $value, new: $value, order: Ordering) -> $value {
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
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange((current, new), (success, failure), false, Location::caller())
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange((current, new), (success, failure), true, Location::caller())
            }

            #[track_caller]
            pub fn fetch_update<F: FnMut($value) -> Option<$value>>(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                update: F,
            ) -> Result<$value, $value> {
                self.0.fetch_update((set_order, fetch_order), Location::caller(), update)
            }

            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.0.fetch_update((set_order, fetch_order), Location::caller(), update)
            }

            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut update: impl FnMut($value) -> $value,
            ) -> $value {
                let updated =
                    self.0.fetch_update((set_order, fetch_order), Location::caller(), |old| Some(update(old)));
                match updated {
                    Ok(old) | Err(old) => old,
                }
            }

            #[track_caller]
            pub fn as_ptr(&self) -> *mut $value {
                unsupported(
                    concat!(stringify!($name), "::as_ptr"),
                    "what is done through a raw pointer cannot be seen",
                    Location::caller(),
                )
            }
        }

        impl $($generics)* fmt::Debug for $name $($generics)* {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0.shown(), f)
            }
        }

        impl $($generics)* From<$value> for $name $($generics)* {
            #[track_caller]
            fn from(value: $value) -> Self {
                $name::new(value)
            }
        }
    };
}

common!([] AtomicBool: bool, Bool);
common!([<T>] AtomicPtr: *mut T, Ptr);

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl AtomicBool {
    #[track_caller]
    pub fn fetch_and(&self, value: bool, order: Ordering) -> bool {
        self.0.update(UpdateCall::FetchAnd, order, Location::caller(), |old| old & value)
    }

    #[track_caller]
    pub fn fetch_nand(&self, value: bool, order: Ordering) -> bool {
        self.0.update(UpdateCall::FetchNand, order, Location::caller(), |old| !(old & value))
    }

    #[track_caller]
    pub fn fetch_or(&self, value: bool, order: Ordering) -> bool {
        self.0.update(UpdateCall::FetchOr, order, Location::caller(), |old| old | value)
    }

    #[track_caller]
    pub fn fetch_xor(&self, value: bool, order: Ordering) -> bool {
        self.0.update(UpdateCall::FetchXor, order, Location::caller(), |old| old ^ value)
    }

    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.0.update(UpdateCall::FetchNot, order, Location::caller(), |old| !old)
    }
}

/// They move, mask and replace addresses; what a pointer may point to stays.
#[allow(missing_docs, reason = "each method is std's of the same name")]
impl<T> AtomicPtr<T> {
    #[track_caller]
    pub fn fetch_ptr_add(&self, count: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchAdd, order, Location::caller(), |old| old.wrapping_add(count))
    }

    #[track_caller]
    pub fn fetch_ptr_sub(&self, count: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchSub, order, Location::caller(), |old| old.wrapping_sub(count))
    }

    #[track_caller]
    pub fn fetch_byte_add(&self, count: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchAdd, order, Location::caller(), |old| old.wrapping_byte_add(count))
    }

    #[track_caller]
    pub fn fetch_byte_sub(&self, count: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchSub, order, Location::caller(), |old| old.wrapping_byte_sub(count))
    }

    #[track_caller]
    pub fn fetch_or(&self, mask: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchOr, order, Location::caller(), |old| old.map_addr(|old| old | mask))
    }

    #[track_caller]
    pub fn fetch_and(&self, mask: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchAnd, order, Location::caller(), |old| old.map_addr(|old| old & mask))
    }

    #[track_caller]
    pub fn fetch_xor(&self, mask: usize, order: Ordering) -> *mut T {
        self.0.update(UpdateCall::FetchXor, order, Location::caller(), |old| old.map_addr(|old| old ^ mask))
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        AtomicBool::new(false)
    }
}

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        AtomicPtr::new(ptr::null_mut())
    }
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.0.shown(), f)
    }
}
