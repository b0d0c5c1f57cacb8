//! `std::thread`, under the explorer.

mod builder;
mod handle;
mod local;
mod park;
mod scope;

use core::num::NonZero;
use core::panic::Location;
use core::time::Duration;
use real::io;

pub use builder::Builder;
pub use handle::{JoinHandle, Thread, ThreadId, current};
pub use local::{AccessError, LocalKey};
#[allow(deprecated, reason = "std still has it")]
pub use park::park_timeout_ms;
pub use park::{park, park_timeout};
pub use real::thread::Result;
pub use scope::{Scope, ScopedJoinHandle, scope};

use model_trace::Operation;

use crate::explore::acting::{is_in_execution, wait_until, with};
use crate::explore::thread::{Pending, Wait};

/// See [`std`](real::thread::spawn).
///
/// # Panics
/// If there is no address space for its stack.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    handle::spawn(None, None, body, Location::caller()).expect("failed to spawn thread")
}

/// Lets others go first. See [`std`](real::thread::yield_now).
#[track_caller]
pub fn yield_now() {
    let location = Location::caller();
    with(|state| state.record(Operation::Yield, location));
    wait_until(Pending::until(Wait::Yield, location));
}

/// Sleeps on the virtual clock: no real time passes. See [`std`](real::thread::sleep).
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
        state.record(Operation::Sleep { duration }, location);
        state.deadline(duration)
    });
    wait_until(Pending { deadline, ..Pending::until(Wait::Sleep, location) });
}

/// Whether the calling thread unwinds. See [`std`](real::thread::panicking).
#[must_use]
pub fn panicking() -> bool {
    if is_in_execution() { with(|state| state.execution.me().panicking) } else { real::thread::panicking() }
}

/// Always 2, so that every execution is the same. See [`std`](real::thread::available_parallelism).
///
/// # Errors
/// Never.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(const { NonZero::new(2).unwrap() })
}
