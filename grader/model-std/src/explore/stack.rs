//! The stacks of model threads: as large as std makes those of real ones.
//!
//! They are reserved, and not touched until they are used. Below each is a page that nothing may touch, see
//! [`fatal`](super::fatal). What a thread leaves behind goes to the next one that needs as much, and what a search does to
//! the next search.

use core::cell::RefCell;
use core::mem;
use corosensei::stack::DefaultStack;
use real::io;
use real::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use real::vec::Vec;

/// What a thread has that is not started by the program, in bytes: the main thread of a process, on Linux.
pub(super) const MAIN: usize = 8 * 1024 * 1024;

/// What std gives to a thread for which nothing else is said, in bytes.
const SPAWNED: usize = 2 * 1024 * 1024;

/// The least that a thread may ask for, in bytes: `PTHREAD_STACK_MIN` on Linux.
const LEAST: usize = 16 * 1024;

/// What the explorer needs on the stack of a thread that calls it, in bytes. It is not a part of what the program
/// has asked for.
const EXPLORER: usize = 128 * 1024;

/// The size of a stack whose thread asks for `size` bytes, or for nothing: then `RUST_MIN_STACK` counts, as with std.
pub(crate) fn requested(size: Option<usize>) -> usize {
    static DEFAULT: OnceLock<usize> = OnceLock::new();
    let default = || {
        let set = real::env::var_os("RUST_MIN_STACK").and_then(|size| size.to_str()?.parse().ok());
        set.unwrap_or(SPAWNED)
    };
    size.unwrap_or_else(|| *DEFAULT.get_or_init(default)).max(LEAST)
}

fn left() -> MutexGuard<'static, Vec<Stack>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stack.
pub(super) struct Stack {
    pub(super) memory: DefaultStack,
    /// What the program has of it, in bytes.
    pub(super) size: usize,
}

/// The stacks that no thread uses.
pub(super) struct Stacks(RefCell<Vec<Stack>>);

/// Most programs have no more threads.
const KEPT: usize = 5;

/// Those of the last search. Most searches are short, and to map and unmap memory would be much of what they cost.
static LEFT: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

impl Stacks {
    /// Takes over what the last search has left.
    pub(super) fn take_over() -> Self {
        Stacks(RefCell::new(mem::take(&mut *left())))
    }

    /// Leaves to the next search what most need: little memory, for few threads.
    pub(super) fn leave(&self) {
        let mut unused = mem::take(&mut *self.0.borrow_mut());
        unused.retain(|stack| stack.size <= MAIN);
        unused.truncate(KEPT);
        *left() = unused;
    }

    /// A stack on which a program has at least `size` bytes.
    ///
    /// # Errors
    /// If there is no address space for it.
    pub(super) fn take(&self, size: usize) -> io::Result<Stack> {
        let mut unused = self.0.borrow_mut();
        if let Some(index) = unused.iter().rposition(|stack| stack.size == size) {
            return Ok(unused.swap_remove(index));
        }
        // No system has half of what can be addressed.
        if size > isize::MAX as usize - EXPLORER {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        Ok(Stack { memory: DefaultStack::new(size + EXPLORER)?, size })
    }

    /// Takes back the memory of a stack of `size` bytes.
    pub(super) fn give_back(&self, memory: DefaultStack, size: usize) {
        self.0.borrow_mut().push(Stack { memory, size });
    }
}
