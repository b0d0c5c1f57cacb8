//! `std::sync::OnceLock`.

use core::cell::UnsafeCell;
use core::fmt;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use super::once::{Begin, Once};
use crate::explore::acting::place_of_fmt;
use crate::explore::object::Once as Progress;

/// A cell that is written once: [`std::sync::OnceLock`](real::sync::OnceLock) in every interleaving.
///
/// It has no `Drop` of its own: as with std's, a borrow that it holds may end before it.
pub struct OnceLock<T> {
    once: Once,
    /// In a `static` it may be the value of an earlier execution: only `once` says whether there is one.
    value: UnsafeCell<Option<T>>,
}

// SAFETY: the value is written by one thread, before any other one can see it.
unsafe impl<T: Sync + Send> Sync for OnceLock<T> {}
// SAFETY: a cell that moves takes its value along.
unsafe impl<T: Send> Send for OnceLock<T> {}
impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// See [`std`](real::sync::OnceLock::new).
    #[must_use]
    #[track_caller]
    pub const fn new() -> Self {
        OnceLock { once: Once::new(), value: UnsafeCell::new(None) }
    }

    /// See [`std`](real::sync::OnceLock::get).
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        self.get_at(Location::caller())
    }

    fn get_at(&self, location: &'static Location<'static>) -> Option<&T> {
        // SAFETY: a complete initialisation has written the value, in this execution.
        self.once.is_completed_at(location).then(|| unsafe { self.assume() })
    }

    /// See [`std`](real::sync::OnceLock::wait).
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_force();
        // SAFETY: a complete initialisation has written the value, in this execution.
        unsafe { self.assume() }
    }

    /// See [`std`](real::sync::OnceLock::get_mut).
    pub fn get_mut(&mut self) -> Option<&mut T> {
        if self.is_complete() { self.value.get_mut().as_mut() } else { None }
    }

    /// See [`std`](real::sync::OnceLock::set).
    ///
    /// # Errors
    /// The value, if there was one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("an initialisation runs once"));
        value.map_or(Ok(()), Err)
    }

    /// See [`std`](real::sync::OnceLock::get_or_init).
    #[track_caller]
    pub fn get_or_init<F>(&self, init: F) -> &T
    where
        F: FnOnce() -> T,
    {
        match self.once.begin(true, Location::caller()) {
            Begin::Complete => {}
            Begin::Poisoned => unreachable!("poison is ignored"),
            Begin::Run { end, .. } => {
                let value = init();
                // SAFETY: only the one thread that initialises writes, and no thread reads before it is done. The value
                // of an earlier execution is not dropped: what it is made of may be gone.
                unsafe { self.value.get().write(Some(value)) };
                end.complete();
            }
        }
        // SAFETY: the initialisation is complete.
        unsafe { self.assume() }
    }

    /// See [`std`](real::sync::OnceLock::into_inner).
    #[must_use]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }

    /// See [`std`](real::sync::OnceLock::take).
    pub fn take(&mut self) -> Option<T> {
        if !self.is_complete() {
            return None;
        }
        self.once.reset();
        self.value.get_mut().take()
    }

    fn is_complete(&self) -> bool {
        self.once.progress() == Progress::Complete
    }

    /// # Safety
    /// The initialisation is complete.
    unsafe fn assume(&self) -> &T {
        // SAFETY: by the contract of this function the value is there, and no thread writes any more.
        unsafe { (*self.value.get()).as_ref().unwrap_unchecked() }
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_tuple("OnceLock");
        match self.get_at(place_of_fmt()) {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        let cell = OnceLock::new();
        let _: Result<(), T> = cell.set(value);
        cell
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        // Not by `map_or_else`: the caller's place is that of the new cell.
        match self.get() {
            Some(value) => OnceLock::from(value.clone()),
            None => OnceLock::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
