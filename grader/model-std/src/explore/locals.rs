//! What threads keep for themselves: the values of thread-local variables.

use core::any::Any;
use core::mem;
use real::boxed::Box;
use real::collections::HashMap;
use real::fmt;
use real::panic::{AssertUnwindSafe, catch_unwind};
use real::vec::Vec;

use super::acting::{try_with, with};
use super::id::ThreadId;

/// The variables of all threads of one execution.
#[derive(Default)]
pub(crate) struct Locals {
    /// `None`: dropped already.
    values: HashMap<Key, Option<Box<dyn Any>>>,
    /// In the order of their first use: the order of their drops.
    order: Vec<Key>,
}

/// A thread, and the address of a variable.
type Key = (u32, usize);

impl fmt::Debug for Locals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locals").field("order", &self.order).finish_non_exhaustive()
    }
}

impl Locals {
    /// Empties it. The variables of threads that never finished are leaked: what they own may borrow from stacks
    /// that are gone.
    pub(super) fn leak(&mut self) {
        self.values.drain().for_each(|(_, value)| mem::forget(value));
        self.order.clear();
    }

    /// The next variable of `thread` that is to be dropped, from position `next` on. From here on it is gone,
    /// also for its own destructor.
    fn take(&mut self, thread: ThreadId, next: &mut usize) -> Option<Option<Box<dyn Any>>> {
        let found = self.order[*next..].iter().position(|key| key.0 == thread.0)?;
        *next += found + 1;
        Some(self.values.insert(self.order[*next - 1], None).flatten())
    }
}

/// The calling thread's value of the variable at an address, made now if there is none yet. `None`: the thread
/// drops its variables, and this one is gone. The value stays where it is until [`drop_all`].
pub(crate) fn value<T: 'static>(variable: usize, init: fn() -> T) -> Option<*const T> {
    let key = with(|state| (state.execution.current.0, variable));
    if with(|state| !state.execution.locals.values.contains_key(&key)) {
        let value: Box<dyn Any> = Box::new(init());
        let before = with(|state| {
            state.execution.locals.order.push(key);
            state.execution.locals.values.insert(key, Some(value))
        });
        // An initialiser that uses the variable itself has made one before: std drops that too.
        drop(before);
    }
    with(|state| {
        let value = state.execution.locals.values.get(&key).and_then(Option::as_ref);
        value.and_then(|value| value.downcast_ref::<T>()).map(core::ptr::from_ref)
    })
}

/// Drops the variables of the calling thread, which ends.
pub(crate) fn drop_all() {
    let mut next = 0;
    while let Some(Some(value)) = try_with(|state| {
        let thread = state.execution.current;
        state.execution.locals.take(thread, &mut next)
    }) {
        drop(catch_unwind(AssertUnwindSafe(|| drop(value))));
    }
}
