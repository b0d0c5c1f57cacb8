//! `AtomicBool` and `AtomicPtr`.

use core::fmt;
use core::panic::Location;
use core::sync::atomic::Ordering;

use super::{atomic, updates};
use crate::run::ordered_step;

atomic!(AtomicBool<bool>);
updates!(AtomicBool<bool> { fetch_and fetch_nand fetch_or fetch_xor });

#[allow(missing_docs, reason = "the method is std's of the same name")]
impl AtomicBool {
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        ordered_step("fetch_not", Some(order), Location::caller(), || self.0.fetch_xor(true, order))
    }
}

atomic!(AtomicPtr<*mut T> where T);

#[allow(missing_docs, reason = "the method is std's of the same name")]
impl<T> AtomicPtr<T> {
    #[track_caller]
    pub fn into_inner(mut self) -> *mut T {
        self.0.with_mut(|pointer| *pointer)
    }
}

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        AtomicPtr::new(core::ptr::null_mut())
    }
}
