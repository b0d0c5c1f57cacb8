//! `std::panic`, with panics kept apart by model thread.

pub use real::panic::{AssertUnwindSafe, Location, PanicHookInfo, RefUnwindSafe, UnwindSafe, panic_any};

#[allow(deprecated, reason = "std still has it")]
pub use real::panic::PanicInfo;

use real::any::Any;
use real::boxed::Box;

use crate::explore::{hook, panics};

/// See [`std`](real::panic::catch_unwind).
///
/// # Errors
/// What `body` panicked with.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(body: F) -> real::thread::Result<R> {
    panics::catch(body)
}

/// See [`std`](real::panic::resume_unwind).
#[track_caller]
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    panics::resume(payload)
}

/// See [`std`](real::panic::set_hook). In an execution it is one step, and holds until the execution ends: the explorer
/// learns of every panic, with any hook.
///
/// # Panics
/// While the calling thread unwinds.
#[track_caller]
pub fn set_hook(hook: Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>) {
    hook::set(hook);
}

/// See [`std`](real::panic::take_hook). In an execution, the hook that was not set by the program says nothing.
///
/// # Panics
/// While the calling thread unwinds.
#[must_use]
#[track_caller]
pub fn take_hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    hook::take()
}
