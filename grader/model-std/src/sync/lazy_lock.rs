//! `std::sync::LazyLock`.

use core::cell::UnsafeCell;
use core::fmt;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use super::object::Fresh;
use super::once::{Begin, Once};
use crate::explore::acting::{place_of_fmt, try_with};
use crate::explore::object::Once as Progress;

/// A value made at its first use: [`std::sync::LazyLock`](real::sync::LazyLock) in every interleaving.
pub struct LazyLock<T, F = fn() -> T> {
    once: Once,
    value: UnsafeCell<MaybeUninit<T>>,
    init: Fresh<Option<F>>,
}

// SAFETY: the initialiser is taken by one thread; the value is shared only when it is complete.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}

/// What std says of a `LazyLock` whose initialiser has panicked.
const POISONED: &str = "LazyLock instance has previously been poisoned";

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See [`std`](real::sync::LazyLock::new).
    #[track_caller]
    pub const fn new(init: F) -> Self {
        LazyLock {
            once: Once::new(),
            value: UnsafeCell::new(MaybeUninit::uninit()),
            init: Fresh::new(Some(init)),
        }
    }

    /// See [`std`](real::sync::LazyLock::force).
    ///
    /// # Panics
    /// If the initialiser panics, or has panicked before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        this.refresh();
        match this.once.begin(true, Location::caller()) {
            Begin::Complete => {}
            Begin::Poisoned => unreachable!("poison is ignored"),
            // It stays poisoned: there is no initialiser any more.
            Begin::Run { poisoned: true, .. } => panic!("{POISONED}"),
            Begin::Run { end, poisoned: false } => {
                // SAFETY: only the one thread that initialises is here, once in an execution.
                let init = unsafe { (*this.init.get()).take() };
                let value = init.expect("an initialiser is taken once")();
                // SAFETY: only the one thread that initialises writes, and no thread reads before it is done.
                unsafe { (*this.value.get()).write(value) };
                end.complete();
            }
        }
        // SAFETY: the initialisation is complete.
        unsafe { this.assume() }
    }

    /// See [`std`](real::sync::LazyLock::force_mut).
    ///
    /// # Panics
    /// If the initialiser panics, or has panicked before.
    #[track_caller]
    pub fn force_mut(this: &mut Self) -> &mut T {
        this.refresh();
        match this.once.progress() {
            Progress::Complete => {}
            Progress::Poisoned => panic!("{POISONED}"),
            Progress::Incomplete | Progress::Running(_) => {
                // Unless it returns.
                this.once.set_progress(Progress::Poisoned);
                let init = this.init.get_mut().take();
                let value = init.expect("an initialiser is taken once")();
                this.value.get_mut().write(value);
                this.once.set_progress(Progress::Complete);
            }
        }
        // SAFETY: the initialisation is complete, and `this` is borrowed uniquely.
        unsafe { this.value.get_mut().assume_init_mut() }
    }
}

impl<T, F> LazyLock<T, F> {
    /// See [`std`](real::sync::LazyLock::get).
    #[track_caller]
    pub fn get(this: &Self) -> Option<&T> {
        LazyLock::get_at(this, Location::caller())
    }

    fn get_at<'a>(this: &'a Self, location: &'static Location<'static>) -> Option<&'a T> {
        this.refresh();
        // SAFETY: a complete initialisation has written the value, in this execution.
        this.once.is_completed_at(location).then(|| unsafe { this.assume() })
    }

    /// See [`std`](real::sync::LazyLock::get_mut).
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.refresh();
        let complete = this.once.progress() == Progress::Complete;
        // SAFETY: a complete initialisation has written the value, and `this` is borrowed uniquely.
        complete.then(|| unsafe { this.value.get_mut().assume_init_mut() })
    }

    /// Puts the initialiser back at the first use in an execution.
    fn refresh(&self) {
        try_with(|state| {
            let (_, found) = self.once.id(state);
            self.init.refresh(found);
        });
    }

    /// # Safety
    /// The initialisation is complete.
    unsafe fn assume(&self) -> &T {
        // SAFETY: by the contract of this function; no thread writes any more.
        unsafe { (*self.value.get()).assume_init_ref() }
    }
}

impl<T, F> Drop for LazyLock<T, F> {
    fn drop(&mut self) {
        if self.once.progress() == Progress::Complete {
            // SAFETY: a complete initialisation has written the value, in this execution.
            unsafe { self.value.get_mut().assume_init_drop() };
        }
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_tuple("LazyLock");
        match LazyLock::get_at(self, place_of_fmt()) {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}
