//! `std::thread::Builder`.

use core::panic::Location;
use real::ffi::CString;
use real::io;
use real::string::String;

use super::handle::{self, JoinHandle};
use super::scope::{Scope, ScopedJoinHandle};

/// See [`std`](real::thread::Builder).
#[must_use = "must eventually spawn the thread"]
#[derive(Debug)]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

#[allow(clippy::new_without_default, reason = "std's has none")]
impl Builder {
    /// See [`std`](real::thread::Builder::new).
    pub fn new() -> Builder {
        Builder { name: None, stack_size: None }
    }

    /// See [`std`](real::thread::Builder::name).
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// See [`std`](real::thread::Builder::stack_size). In bytes, without what the explorer needs for itself.
    pub fn stack_size(mut self, size: usize) -> Builder {
        self.stack_size = Some(size);
        self
    }

    /// See [`std`](real::thread::Builder::spawn).
    ///
    /// # Errors
    /// If there is no address space for the stack. A model has as many threads as the explorer allows.
    ///
    /// # Panics
    /// If the name contains a null byte.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let stack_size = self.stack_size;
        handle::spawn(self.checked_name(), stack_size, body, Location::caller())
    }

    /// See [`std`](real::thread::Builder::spawn_unchecked).
    ///
    /// # Safety
    /// What the body and its result borrow lives until the thread is joined, or else until it has ended.
    ///
    /// # Errors
    /// If there is no address space for the stack.
    ///
    /// # Panics
    /// If the name contains a null byte.
    #[track_caller]
    pub unsafe fn spawn_unchecked<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send,
        T: Send,
    {
        let stack_size = self.stack_size;
        // SAFETY: the caller promises it.
        unsafe { handle::spawn_unchecked(self.checked_name(), stack_size, body, Location::caller()) }
    }

    /// See [`std`](real::thread::Builder::spawn_scoped).
    ///
    /// # Errors
    /// If there is no address space for the stack.
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
        let stack_size = self.stack_size;
        scope.spawn_with(self.checked_name(), stack_size, body, Location::caller())
    }

    #[track_caller]
    fn checked_name(self) -> Option<String> {
        if let Some(name) = &self.name {
            CString::new(name.as_str()).expect("thread name may not contain interior null bytes");
        }
        self.name
    }
}
