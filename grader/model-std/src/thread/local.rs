//! `std::thread_local!`: one value per model thread.

use core::cell::{Cell, RefCell};
use core::fmt;

use crate::explore::locals;

/// A thread-local variable. See [`std`](real::thread::LocalKey).
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

/// The variable is used while, or after, its thread drops it. See [`std`](real::thread::AccessError).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl real::error::Error for AccessError {}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn __new(init: fn() -> T) -> Self {
        LocalKey { init }
    }

    /// See [`std`](real::thread::LocalKey::with).
    ///
    /// # Panics
    /// While, or after, the thread drops the variable.
    pub fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.try_with(f).expect("cannot access a Thread Local Storage value during or after destruction")
    }

    /// See [`std`](real::thread::LocalKey::try_with).
    ///
    /// # Errors
    /// While, or after, the thread drops the variable.
    pub fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        let value = locals::value(core::ptr::from_ref(self).addr(), self.init);
        // SAFETY: the value is in a box of its own, and is dropped only at the end of the thread that calls `f`
        // now.
        value.map(|value| f(unsafe { &*value })).ok_or(AccessError)
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// See [`std`](real::thread::LocalKey::set).
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// See [`std`](real::thread::LocalKey::get).
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// See [`std`](real::thread::LocalKey::take).
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// See [`std`](real::thread::LocalKey::replace).
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// See [`std`](real::thread::LocalKey::with_borrow).
    pub fn with_borrow<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| f(&cell.borrow()))
    }

    /// See [`std`](real::thread::LocalKey::with_borrow_mut).
    pub fn with_borrow_mut<R>(&'static self, f: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// See [`std`](real::thread::LocalKey::set).
    pub fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
    }

    /// See [`std`](real::thread::LocalKey::take).
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// See [`std`](real::thread::LocalKey::replace).
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// Declares thread-local variables. See [`std`](real::thread_local).
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block; $($rest:tt)*) => {
        $crate::thread_local!($(#[$attribute])* $visibility static $name: $type = const $init);
        $crate::thread_local!($($rest)*);
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = $crate::thread::LocalKey::__new({
            fn init() -> $type { const $init }
            init
        });
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr; $($rest:tt)*) => {
        $crate::thread_local!($(#[$attribute])* $visibility static $name: $type = $init);
        $crate::thread_local!($($rest)*);
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = $crate::thread::LocalKey::__new({
            fn init() -> $type { $init }
            init
        });
    };
}
