//! `std::thread::Builder`.

use core::panic::Location;
use real::io;
use real::string::String;

use super::handle::{self, JoinHandle};
use super::scope::{Scope, ScopedJoinHandle};

/// See [`std`](real::thread::Builder). The size of the stack is taken, and ignored.
#[must_use = "must eventually spawn the thread"]
#[derive(Debug, Default)]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// See [`std`](real::thread::Builder::new).
    pub fn new() -> Builder {
        Builder::default()
    }

    /// See [`std`](real::thread::Builder::name).
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// See [`std`](real::thread::Builder::stack_size).
    pub fn stack_size(self, _: usize) -> Builder {
        self
    }

    /// See [`std`](real::thread::Builder::spawn).
    ///
    /// # Errors
    /// Never: a model has as many threads as the explorer allows.
    ///
    /// # Panics
    /// If the name contains a null byte.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(handle::spawn(self.checked_name(), body, Location::caller()))
    }

    /// See [`std`](real::thread::Builder::spawn_scoped).
    ///
    /// # Errors
    /// Never.
    ///
    /// # Panics
    /// If the name contains a null byte.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Ok(scope.spawn_named(self.checked_name(), body, Location::caller()))
    }

    fn checked_name(self) -> Option<String> {
        if let Some(name) = &self.name {
            assert!(!name.contains('\0'), "thread name may not contain interior null bytes");
        }
        self.name
    }
}
