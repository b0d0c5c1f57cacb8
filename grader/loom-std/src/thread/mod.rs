//! `std::thread`, on top of loom.

mod handle;
pub mod local;
mod scope;

use core::num::NonZeroUsize;
use core::panic::Location;
use core::time::Duration;
use real::io;

pub(crate) use handle::STACK;
pub use handle::{Builder, JoinHandle, Thread, ThreadId, current};
pub use local::{AccessError, LocalKey};
pub use real::thread::Result;
pub use scope::{Scope, ScopedJoinHandle, scope};

use crate::run::{self, YIELD, not_expressible, step};

const NO_TIME: &str = "time does not pass in loom";

/// See [`std`](real::thread::spawn).
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    handle::spawn(None, body, Location::caller())
}

/// See [`std`](real::thread::yield_now).
#[track_caller]
pub fn yield_now() {
    step(YIELD, Location::caller(), loom::thread::yield_now);
}

/// See [`std`](real::thread::park).
#[track_caller]
pub fn park() {
    step("park", Location::caller(), loom::thread::park);
}

/// See [`std`](real::thread::park_timeout). Ends the run.
#[track_caller]
pub fn park_timeout(_: Duration) {
    not_expressible("thread::park_timeout", NO_TIME)
}

/// See [`std`](real::thread::park_timeout_ms). Ends the run.
#[deprecated(note = "replaced by `std::thread::park_timeout`")]
#[track_caller]
pub fn park_timeout_ms(_: u32) {
    not_expressible("thread::park_timeout_ms", NO_TIME)
}

/// See [`std`](real::thread::sleep). Ends the run.
#[track_caller]
pub fn sleep(_: Duration) {
    not_expressible("thread::sleep", NO_TIME)
}

/// See [`std`](real::thread::sleep_ms). Ends the run.
#[deprecated(note = "replaced by `std::thread::sleep`")]
#[track_caller]
pub fn sleep_ms(_: u32) {
    not_expressible("thread::sleep_ms", NO_TIME)
}

/// Whether the calling thread unwinds. See [`std`](real::thread::panicking).
#[must_use]
pub fn panicking() -> bool {
    run::me(|me| me.panicking).unwrap_or_else(real::thread::panicking)
}

/// Always 2, as under the model. See [`std`](real::thread::available_parallelism).
///
/// # Errors
/// Never.
pub fn available_parallelism() -> io::Result<NonZeroUsize> {
    Ok(const { NonZeroUsize::new(2).unwrap() })
}
