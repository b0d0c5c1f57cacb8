//! What loom has no counterpart of. The types are there, so that a program that only names them compiles; to use
//! one ends the run.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::run::not_expressible;

const NONE: &str = "loom has none";

/// See [`std`](real::sync::Barrier). To wait at it ends the run.
#[derive(Debug)]
pub struct Barrier(());

/// See [`std`](real::sync::BarrierWaitResult). There is none.
#[derive(Debug)]
pub struct BarrierWaitResult(core::convert::Infallible);

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl Barrier {
    #[must_use]
    pub const fn new(_: usize) -> Barrier {
        Barrier(())
    }

    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        not_expressible("Barrier::wait", NONE)
    }
}

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl BarrierWaitResult {
    #[must_use]
    pub fn is_leader(&self) -> bool {
        match self.0 {}
    }
}

/// See [`std`](real::sync::Once). To use it ends the run.
#[derive(Debug)]
pub struct Once(());

/// See [`std`](real::sync::OnceState). There is none.
#[derive(Debug)]
pub struct OnceState(core::convert::Infallible);

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl OnceState {
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        match self.0 {}
    }
}

#[allow(missing_docs, clippy::new_without_default, reason = "each method is std's of the same name")]
impl Once {
    #[must_use]
    pub const fn new() -> Once {
        Once(())
    }

    #[track_caller]
    pub fn call_once(&self, _: impl FnOnce()) {
        not_expressible("Once::call_once", NONE)
    }

    #[track_caller]
    pub fn call_once_force(&self, _: impl FnOnce(&OnceState)) {
        not_expressible("Once::call_once_force", NONE)
    }

    #[must_use]
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        not_expressible("Once::is_completed", NONE)
    }

    #[track_caller]
    pub fn wait(&self) {
        not_expressible("Once::wait", NONE)
    }
}

/// See [`std`](real::sync::OnceLock). To use it ends the run.
pub struct OnceLock<T>(PhantomData<T>);

#[allow(missing_docs, clippy::missing_errors_doc, reason = "each method is std's of the same name")]
impl<T> OnceLock<T> {
    #[must_use]
    pub const fn new() -> OnceLock<T> {
        OnceLock(PhantomData)
    }

    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        not_expressible("OnceLock::get", NONE)
    }

    #[track_caller]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        not_expressible("OnceLock::get_mut", NONE)
    }

    #[track_caller]
    pub fn wait(&self) -> &T {
        not_expressible("OnceLock::wait", NONE)
    }

    #[track_caller]
    pub fn set(&self, _: T) -> Result<(), T> {
        not_expressible("OnceLock::set", NONE)
    }

    #[track_caller]
    pub fn get_or_init(&self, _: impl FnOnce() -> T) -> &T {
        not_expressible("OnceLock::get_or_init", NONE)
    }

    #[track_caller]
    pub fn into_inner(self) -> Option<T> {
        not_expressible("OnceLock::into_inner", NONE)
    }

    #[track_caller]
    pub fn take(&mut self) -> Option<T> {
        not_expressible("OnceLock::take", NONE)
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceLock").finish_non_exhaustive()
    }
}

/// See [`std`](real::sync::LazyLock). To use it ends the run.
pub struct LazyLock<T, F = fn() -> T>(PhantomData<(T, F)>);

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    #[must_use]
    pub const fn new(init: F) -> LazyLock<T, F> {
        // A `const` function cannot drop it.
        core::mem::forget(init);
        LazyLock(PhantomData)
    }

    #[track_caller]
    pub fn force(_: &LazyLock<T, F>) -> &T {
        not_expressible("LazyLock::force", NONE)
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        not_expressible("LazyLock::deref", NONE)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        not_expressible("LazyLock::deref_mut", NONE)
    }
}

impl<T, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyLock").finish_non_exhaustive()
    }
}
