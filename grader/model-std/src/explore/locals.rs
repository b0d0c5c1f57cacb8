//! What threads keep for themselves: the values of thread-local variables.

use core::any::Any;
use core::mem::{self, ManuallyDrop, needs_drop};
use real::boxed::Box;
use real::collections::HashMap;
use real::fmt;
use real::vec::Vec;

use super::acting::with;
use super::id::ThreadId;
use super::panics;

/// The variables of all threads of one execution.
///
/// To drop it frees its memory, and runs no destructor: an execution that stops leaves the variables of its threads
/// as they are, and what they own may borrow from stacks that are gone.
#[derive(Default)]
pub(crate) struct Locals {
    values: HashMap<Key, Slot>,
    /// Those with a destructor that is still to run, in the order in which they were initialised.
    alive: Vec<(Key, Destructor)>,
}

/// A thread, and the address of a variable.
type Key = (u32, usize);

/// Runs the destructor of a value, which is a `ManuallyDrop` of the variable's type.
type Destructor = fn(Box<dyn Any>);

enum Slot {
    /// Holds a `ManuallyDrop` of the variable's type.
    Alive(Box<dyn Any>),
    /// Its destructor runs, or has run.
    Destroyed,
}

impl fmt::Debug for Locals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locals").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Locals {
    /// Forgets all variables, of threads that have finished and of those that never will.
    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.alive.clear();
    }

    /// The value of a variable that was initialised. `Some(None)`: it was, and is gone.
    fn find<T: 'static>(&self, key: Key) -> Option<Option<*const T>> {
        match self.values.get(&key)? {
            Slot::Alive(value) => {
                Some(value.downcast_ref::<ManuallyDrop<T>>().map(|value| &raw const **value))
            }
            Slot::Destroyed => Some(None),
        }
    }

    /// Initialises a variable. Returns where its value is and, if its initialiser has initialised it already, the
    /// value from there, whose place it takes.
    fn initialise<T: 'static>(&mut self, key: Key, value: T) -> (*const T, Option<T>) {
        if let Some(Slot::Alive(place)) = self.values.get_mut(&key)
            && let Some(place) = place.downcast_mut::<ManuallyDrop<T>>()
        {
            let before = mem::replace(place, ManuallyDrop::new(value));
            return (&raw const **place, Some(ManuallyDrop::into_inner(before)));
        }
        let place = Box::new(ManuallyDrop::new(value));
        let address = &raw const **place;
        self.values.insert(key, Slot::Alive(place));
        if needs_drop::<T>() {
            self.alive.push((key, destroy::<T>));
        }
        (address, None)
    }

    /// The variable of `thread` that was initialised last of those that are left. From here on it is gone, also for
    /// its own destructor.
    fn take_last(&mut self, thread: ThreadId) -> Option<(Box<dyn Any>, Destructor)> {
        let last = self.alive.iter().rposition(|(key, _)| key.0 == thread.0)?;
        let (key, destructor) = self.alive.remove(last);
        match self.values.insert(key, Slot::Destroyed) {
            Some(Slot::Alive(value)) => Some((value, destructor)),
            Some(Slot::Destroyed) | None => unreachable!("a variable with a destructor to run is alive"),
        }
    }
}

fn destroy<T: 'static>(value: Box<dyn Any>) {
    if let Ok(value) = value.downcast::<ManuallyDrop<T>>() {
        drop(ManuallyDrop::into_inner(*value));
    }
}

/// The calling thread's value of the variable at an address. If there is none yet, it is made now: from `given`, if
/// that holds one, or by `init`. `None`: the thread has destroyed it, or does so now. The value stays where it is
/// until then.
pub(crate) fn value<T: 'static>(
    variable: usize,
    given: Option<&mut Option<T>>,
    init: fn() -> T,
) -> Option<*const T> {
    let key = with(|state| (state.execution.current.0, variable));
    if let Some(found) = with(|state| state.execution.locals.find(key)) {
        return found;
    }
    let value = given.and_then(Option::take).unwrap_or_else(init);
    let (address, before) = with(|state| state.execution.locals.initialise(key, value));
    drop(before);
    Some(address)
}

/// Destroys the variables of the calling thread, which ends: the one that was initialised last comes first, and those
/// that destructors initialise have their turn, too.
pub(crate) fn destroy_all() {
    while let Some((value, destroy)) = with(|state| {
        let thread = state.execution.current;
        state.execution.locals.take_last(thread)
    }) {
        panics::abort_on_unwind("thread local panicked on drop", || destroy(value));
    }
}
