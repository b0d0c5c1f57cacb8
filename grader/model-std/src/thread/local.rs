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
#[non_exhaustive]
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
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        f(self.value(None))
    }

    /// See [`std`](real::thread::LocalKey::try_with).
    ///
    /// # Errors
    /// While, or after, the thread drops the variable.
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        Ok(f(self.try_value(None).ok_or(AccessError)?))
    }

    /// The calling thread's value, made from `given` if that holds one and there is none yet. No method returns it:
    /// it lives no longer than the thread.
    #[track_caller]
    fn value(&'static self, given: Option<&mut Option<T>>) -> &'static T {
        match self.try_value(given) {
            Some(value) => value,
            None => panic!(
                "cannot access a Thread Local Storage value during or after destruction: {AccessError:?}"
            ),
        }
    }

    fn try_value(&'static self, given: Option<&mut Option<T>>) -> Option<&'static T> {
        let value = locals::value(core::ptr::from_ref(self).addr(), given, self.init)?;
        // SAFETY: the value is in a box of its own, and is dropped only at the end of the calling thread. The methods
        // above and below hand it to code that ends before that.
        Some(unsafe { &*value })
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// See [`std`](real::thread::LocalKey::set). It does not run the initialiser.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        let mut value = Some(Cell::new(value));
        let cell = self.value(Some(&mut value));
        if let Some(value) = value {
            cell.set(value.into_inner());
        }
    }

    /// See [`std`](real::thread::LocalKey::get).
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.value(None).get()
    }

    /// See [`std`](real::thread::LocalKey::take).
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.value(None).take()
    }

    /// See [`std`](real::thread::LocalKey::replace).
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.value(None).replace(value)
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// See [`std`](real::thread::LocalKey::with_borrow).
    #[track_caller]
    pub fn with_borrow<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        f(&self.value(None).borrow())
    }

    /// See [`std`](real::thread::LocalKey::with_borrow_mut).
    #[track_caller]
    pub fn with_borrow_mut<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        f(&mut self.value(None).borrow_mut())
    }

    /// See [`std`](real::thread::LocalKey::set). It does not run the initialiser.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        let mut value = Some(RefCell::new(value));
        let cell = self.value(Some(&mut value));
        if let Some(value) = value {
            *cell.borrow_mut() = value.into_inner();
        }
    }

    /// See [`std`](real::thread::LocalKey::take).
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.value(None).replace(T::default())
    }

    /// See [`std`](real::thread::LocalKey::replace).
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.value(None).replace(value)
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
            fn __model_std_init() -> $type { const $init }
            __model_std_init
        });
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr; $($rest:tt)*) => {
        $crate::thread_local!($(#[$attribute])* $visibility static $name: $type = $init);
        $crate::thread_local!($($rest)*);
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = $crate::thread::LocalKey::__new({
            fn __model_std_init() -> $type { $init }
            __model_std_init
        });
    };
}
