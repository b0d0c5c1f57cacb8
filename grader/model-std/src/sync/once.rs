//! `std::sync::Once`, `OnceLock` and `LazyLock`.

use core::cell::UnsafeCell;
use core::fmt;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use model_trace::Operation;

use super::object::{Fresh, Link, Use};
use crate::explore::acting::{schedule_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{Kind, Once as Progress};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};

/// One-time initialisation: [`std::sync::Once`](real::sync::Once) in every interleaving.
pub struct Once {
    link: Link,
}

impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

/// What [`Once::call_once_force`] passes to its closure.
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// See [`std`](real::sync::OnceState::is_poisoned).
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.poisoned).finish()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

#[allow(clippy::new_without_default, reason = "std's has none")]
impl Once {
    /// See [`std`](real::sync::Once::new).
    #[must_use]
    #[track_caller]
    pub const fn new() -> Self {
        Once { link: Link::new() }
    }

    fn id(&self, state: &mut State) -> (ObjectId, Use) {
        let make = |state: &mut State, created| {
            state.execution.add_object(Kind::Once(Progress::Incomplete), created)
        };
        self.link.object(state, make)
    }

    /// See [`std`](real::sync::Once::call_once).
    ///
    /// # Panics
    /// If an earlier initialisation has panicked.
    #[track_caller]
    pub fn call_once(&self, init: impl FnOnce()) {
        self.run(false, Location::caller(), |_| init());
    }

    /// See [`std`](real::sync::Once::call_once_force).
    #[track_caller]
    pub fn call_once_force(&self, init: impl FnOnce(&OnceState)) {
        self.run(true, Location::caller(), init);
    }

    /// See [`std`](real::sync::Once::is_completed).
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        let location = Location::caller();
        schedule_point(location);
        with(|state| {
            let (once, _) = self.id(state);
            let completed = *state.once(once) == Progress::Complete;
            state.record_read(once, Operation::IsCompleted { once, completed }, location);
            if completed {
                // It has not waited: no time comes along.
                state.see(once);
            }
            completed
        })
    }

    /// See [`std`](real::sync::Once::wait).
    #[track_caller]
    pub fn wait(&self) {
        let location = Location::caller();
        let (once, _) = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Completed(once), location));
        with(|state| state.observe(once, Operation::FindInitialised { once }, location));
    }

    fn run(&self, force: bool, location: &'static Location<'static>, init: impl FnOnce(&OnceState)) {
        let (once, _) = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Once(once), location));
        let before = with(|state| {
            let before = *state.once(once);
            match before {
                Progress::Complete => state.observe(once, Operation::FindInitialised { once }, location),
                Progress::Poisoned if !force => {
                    state.acquire(once, Operation::FindPoisoned { once }, location);
                }
                Progress::Incomplete | Progress::Poisoned | Progress::Running(_) => {
                    *state.once_mut(once) = Progress::Running(state.execution.current);
                    state.acquire(once, Operation::Initialise { once }, location);
                }
            }
            before
        });
        match before {
            Progress::Complete => return,
            Progress::Poisoned if !force => panic!("Once instance has previously been poisoned"),
            Progress::Incomplete | Progress::Poisoned => {}
            Progress::Running(_) => unreachable!("only one thread initialises at a time"),
        }
        let mut end = End { once, progress: Progress::Poisoned, location };
        init(&OnceState { poisoned: before == Progress::Poisoned });
        end.progress = Progress::Complete;
    }
}

/// The end of an initialisation, by its return or by its panic.
struct End {
    once: ObjectId,
    progress: Progress,
    location: &'static Location<'static>,
}

impl Drop for End {
    fn drop(&mut self) {
        let End { once, progress, location } = *self;
        try_with(|state| {
            *state.once_mut(once) = progress;
            let poisoned = progress == Progress::Poisoned;
            state.release(once, Operation::Initialised { once, poisoned }, location);
        });
    }
}

/// A cell that is written once: [`std::sync::OnceLock`](real::sync::OnceLock) in every interleaving.
pub struct OnceLock<T> {
    once: Once,
    value: UnsafeCell<MaybeUninit<T>>,
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
        OnceLock { once: Once::new(), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// See [`std`](real::sync::OnceLock::get).
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: a complete initialisation has written the value, in this execution.
        self.once.is_completed().then(|| unsafe { self.assume() })
    }

    /// See [`std`](real::sync::OnceLock::wait).
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait();
        // SAFETY: a complete initialisation has written the value, in this execution.
        unsafe { self.assume() }
    }

    /// See [`std`](real::sync::OnceLock::get_mut).
    pub fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: a complete initialisation has written the value, and `self` is borrowed uniquely.
        self.is_complete().then(|| unsafe { self.value.get_mut().assume_init_mut() })
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
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        self.once.run(true, Location::caller(), |_| {
            let value = init();
            // SAFETY: only the one thread that initialises writes, and no thread reads before it is done.
            unsafe { (*self.value.get()).write(value) };
        });
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
        self.once.link.unlink();
        // SAFETY: the initialisation was complete; from now on it counts as not begun.
        Some(unsafe { self.value.get_mut().assume_init_read() })
    }

    fn is_complete(&self) -> bool {
        try_with(|state| {
            let (id, _) = self.once.id(state);
            *state.once(id) == Progress::Complete
        })
        .unwrap_or(false)
    }

    /// # Safety
    /// The initialisation is complete.
    unsafe fn assume(&self) -> &T {
        // SAFETY: by the contract of this function; no thread writes any more.
        unsafe { (*self.value.get()).assume_init_ref() }
    }
}

impl<T> Drop for OnceLock<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_tuple("OnceLock");
        match self.get() {
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
        self.get().cloned().map_or_else(OnceLock::new, OnceLock::from)
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

/// A value made at its first use: [`std::sync::LazyLock`](real::sync::LazyLock) in every interleaving.
pub struct LazyLock<T, F = fn() -> T> {
    cell: OnceLock<T>,
    init: Fresh<Option<F>>,
}

// SAFETY: the initialiser is taken by one thread; the value is shared only when it is complete.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See [`std`](real::sync::LazyLock::new).
    #[track_caller]
    pub const fn new(init: F) -> Self {
        LazyLock { cell: OnceLock::new(), init: Fresh::new(Some(init)) }
    }

    /// See [`std`](real::sync::LazyLock::force).
    ///
    /// # Panics
    /// If the initialiser has panicked before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        try_with(|state| {
            let (_, found) = this.cell.once.id(state);
            this.init.refresh(found);
        });
        this.cell.get_or_init(|| {
            // SAFETY: only the one thread that initialises is here, once in an execution.
            let init = unsafe { (*this.init.get()).take() };
            match init {
                Some(init) => init(),
                None => panic!("LazyLock instance has previously been poisoned"),
            }
        })
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
        LazyLock::force(self);
        // SAFETY: it was forced just now, and `self` is borrowed uniquely.
        unsafe { self.cell.value.get_mut().assume_init_mut() }
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
        match self.cell.get() {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}
