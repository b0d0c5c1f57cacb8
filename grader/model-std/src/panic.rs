//! `std::panic`, with panics kept apart by model thread.

pub use real::panic::{
    AssertUnwindSafe, Location, PanicHookInfo, RefUnwindSafe, UnwindSafe, panic_any, set_hook, take_hook,
};

use real::any::Any;
use real::boxed::Box;

use crate::explore::acting::try_with;

/// See [`std`](real::panic::catch_unwind).
///
/// # Errors
/// What `body` panicked with.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(body: F) -> real::thread::Result<R> {
    let before = try_with(|state| {
        let me = state.execution.me();
        me.catching += 1;
        me.panicking
    });
    let result = real::panic::catch_unwind(body);
    if let Some(panicking) = before {
        try_with(|state| {
            let me = state.execution.me();
            me.catching -= 1;
            me.panicking = panicking;
        });
    }
    result
}

/// See [`std`](real::panic::resume_unwind).
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    try_with(|state| state.execution.me().panicking = true);
    real::panic::resume_unwind(payload)
}
