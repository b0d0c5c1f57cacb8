//! `std::thread`, under the explorer.

mod builder;
mod handle;
pub mod local;
mod park;
mod scope;

use core::num::NonZeroUsize;
use core::panic::Location;
use core::time::Duration;
use real::io;
use real::panic::AssertUnwindSafe;

pub use builder::Builder;
pub use handle::{JoinHandle, Thread, ThreadId, current};
pub use local::{AccessError, LocalKey};
#[allow(deprecated, reason = "std still has it")]
pub use park::park_timeout_ms;
pub use park::{park, park_timeout};
pub use real::thread::Result;
pub use scope::{Scope, ScopedJoinHandle, scope};

use crate::explore::runtime::{point, try_with, with};
use crate::explore::state::Panic;
use crate::explore::thread::{Pending, Wait};
use crate::time::deadline;
use model_trace::Operation;

/// See [`std`](real::thread::spawn).
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    handle::spawn(None, body, Location::caller())
}

/// Lets others go first. See [`std`](real::thread::yield_now).
#[track_caller]
pub fn yield_now() {
    let location = Location::caller();
    with(|state| state.log(Operation::Yield, location));
    point(Pending::until(Wait::Yield, location));
}

/// Sleeps on the virtual clock: nobody waits for real. See [`std`](real::thread::sleep).
#[track_caller]
pub fn sleep(duration: Duration) {
    sleep_by(duration, Location::caller());
}

/// See [`std`](real::thread::sleep_ms).
#[deprecated(note = "replaced by `std::thread::sleep`")]
#[track_caller]
pub fn sleep_ms(ms: u32) {
    sleep_by(Duration::from_millis(ms.into()), Location::caller());
}

fn sleep_by(duration: Duration, location: &'static Location<'static>) {
    let deadline = with(|state| {
        state.log(Operation::Sleep { duration }, location);
        deadline(state, duration)
    });
    point(Pending { deadline: Some(deadline), ..Pending::until(Wait::Sleep, location) });
}

/// Whether the calling thread unwinds. See [`std`](real::thread::panicking).
#[must_use]
pub fn panicking() -> bool {
    try_with(|state| !state.threads.is_empty() && state.me().panicking)
        .unwrap_or_else(real::thread::panicking)
}

/// Always 2, so that every execution is the same. See [`std`](real::thread::available_parallelism).
///
/// # Errors
/// Never.
pub fn available_parallelism() -> io::Result<NonZeroUsize> {
    Ok(const { NonZeroUsize::new(2).unwrap() })
}

/// Runs a test function as the first thread of an execution.
pub(crate) fn run_test(test: &dyn Fn()) {
    let Err(payload) = real::panic::catch_unwind(AssertUnwindSafe(test)) else { return };
    // The panic hook has told of every panic but one that is passed on by `resume_unwind`.
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| real::string::String::from(*text))
        .or_else(|| payload.downcast_ref::<real::string::String>().cloned())
        .unwrap_or_else(|| "a panic with a value that is no text".into());
    with(|state| {
        let place = state.me().pending.location;
        let first = state.first_panic.clone();
        state.fail_by_panic(first.unwrap_or(Panic { thread: state.current, message, place: place.into() }));
    });
}
