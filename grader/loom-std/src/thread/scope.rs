//! `std::thread::scope`. loom has none: what a thread of loom borrows has to be `'static`.

use core::convert::Infallible;
use core::marker::PhantomData;
use real::io;

use super::{Builder, Thread};
use crate::run::not_expressible;

/// See [`std`](real::thread::Scope). There is none.
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    never: Infallible,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// See [`std`](real::thread::ScopedJoinHandle). There is none.
#[derive(Debug)]
pub struct ScopedJoinHandle<'scope, T> {
    never: Infallible,
    scope: PhantomData<(&'scope (), T)>,
}

/// See [`std`](real::thread::scope). Ends the run.
#[track_caller]
pub fn scope<'env, F, T>(_: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    not_expressible("thread::scope", "loom has none")
}

#[allow(missing_docs, reason = "each method is std's of the same name")]
impl<'scope> Scope<'scope, '_> {
    pub fn spawn<F, T>(&'scope self, _: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        match self.never {}
    }
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "each method is std's of the same name")]
impl<T> ScopedJoinHandle<'_, T> {
    #[must_use]
    pub fn thread(&self) -> &Thread {
        match self.never {}
    }

    pub fn join(self) -> real::thread::Result<T> {
        match self.never {}
    }

    #[must_use]
    pub fn is_finished(&self) -> bool {
        match self.never {}
    }
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "the method is std's of the same name")]
impl Builder {
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: &'scope Scope<'scope, '_>,
        _: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        match scope.never {}
    }
}
