//! `std::panic`, with panics kept apart by loom thread.

pub use real::panic::{
    AssertUnwindSafe, Location, PanicHookInfo, RefUnwindSafe, UnwindSafe, panic_any, set_hook, take_hook,
};

use real::any::Any;
use real::boxed::Box;

use crate::run;

/// See [`std`](real::panic::catch_unwind).
///
/// # Errors
/// What `body` panicked with.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(body: F) -> real::thread::Result<R> {
    let before = run::me(|me| {
        me.catching += 1;
        me.panicking
    });
    let result = real::panic::catch_unwind(body);
    run::me(|me| {
        me.catching -= 1;
        me.panicking = before.unwrap_or(false);
    });
    result
}

/// See [`std`](real::panic::resume_unwind).
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    run::me(|me| me.panicking = true);
    real::panic::resume_unwind(payload)
}
