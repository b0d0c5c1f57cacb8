//! `std::sync::atomic`, on top of loom.

mod integers;
mod others;

pub use integers::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    AtomicUsize,
};
pub use others::{AtomicBool, AtomicPtr};
pub use real::sync::atomic::{Ordering, compiler_fence};

use core::panic::Location;

use crate::run::ordered_step;

/// See [`std`](real::sync::atomic::fence).
#[track_caller]
pub fn fence(order: Ordering) {
    ordered_step("fence", Some(order), Location::caller(), || loom::sync::atomic::fence(order));
}

/// See [`std`](real::sync::atomic::spin_loop_hint).
#[deprecated(note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// What all atomics have: the calls that loom has as well, under the same names.
macro_rules! atomic {
    ($name:ident<$value:ty> $(where $parameter:ident)?) => {
        #[doc = concat!("See [`std`](real::sync::atomic::", stringify!($name), "). The atomic is loom's.")]
        pub struct $name $(<$parameter>)? (loom::sync::atomic::$name $(<$parameter>)?);

        impl $(<$parameter>)? real::panic::UnwindSafe for $name $(<$parameter>)? {}
        impl $(<$parameter>)? real::panic::RefUnwindSafe for $name $(<$parameter>)? {}

        #[allow(missing_docs, clippy::missing_errors_doc, reason = "each method is std's of the same name")]
        impl $(<$parameter>)? $name $(<$parameter>)? {
            /// Not `const`: loom's is not.
            pub fn new(value: $value) -> Self {
                $name(loom::sync::atomic::$name::new(value))
            }

            #[track_caller]
            pub fn get_mut(&mut self) -> &mut $value {
                $crate::run::not_expressible(
                    concat!(stringify!($name), "::get_mut"),
                    "loom lends out the value of an atomic to a closure alone",
                )
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                ordered_step("load", Some(order), Location::caller(), || self.0.load(order))
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                ordered_step("store", Some(order), Location::caller(), || self.0.store(value, order));
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                ordered_step("swap", Some(order), Location::caller(), || self.0.swap(value, order))
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let call = || self.0.compare_exchange(current, new, success, failure);
                ordered_step("compare_exchange", Some(success), Location::caller(), call)
            }

            /// loom's does not fail spuriously.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }

            #[track_caller]
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut found = self.load(fetch);
                while let Some(new) = update(found) {
                    match self.compare_exchange(found, new, set, fetch) {
                        Ok(old) => return Ok(old),
                        Err(other) => found = other,
                    }
                }
                Err(found)
            }

            #[track_caller]
            pub fn try_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.fetch_update(set, fetch, update)
            }

            #[track_caller]
            pub fn update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($value) -> $value,
            ) -> $value {
                match self.fetch_update(set, fetch, |old| Some(update(old))) {
                    Ok(old) | Err(old) => old,
                }
            }
        }

        impl $(<$parameter>)? fmt::Debug for $name $(<$parameter>)? {
            #[track_caller]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.load(Ordering::Relaxed).fmt(f)
            }
        }

        impl $(<$parameter>)? From<$value> for $name $(<$parameter>)? {
            fn from(value: $value) -> Self {
                $name::new(value)
            }
        }
    };
}

/// Calls that change the value by one operand.
macro_rules! updates {
    ($name:ident<$value:ty> { $($call:ident)* }) => {
        #[allow(missing_docs, reason = "each method is std's of the same name")]
        impl $name {
            $(
                #[track_caller]
                pub fn $call(&self, value: $value, order: Ordering) -> $value {
                    ordered_step(stringify!($call), Some(order), Location::caller(), || self.0.$call(value, order))
                }
            )*

            #[track_caller]
            pub fn into_inner(self) -> $value {
                self.0.into_inner()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name::new(Default::default())
            }
        }
    };
}

use atomic;
use updates;
