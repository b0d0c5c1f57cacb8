//! `std::time`, on a virtual clock.
//!
//! Time passes for a thread while it waits: a wait that ends because its time is up, and `sleep`, move the thread's
//! clock to their deadline; whoever wakes a thread brings its own time along, up to that deadline. An [`Instant`] never
//! goes back across a happens-before edge: a thread that finds something done is not at an earlier time than the
//! thread that did it.
//!
//! A thread may be slow, too: then time passes between two of its steps. That happens once in an execution, at most,
//! where a thread looks at its clock. So a timeout never ends early, and as late as the threads are:
//! [`lateness`](crate::model::lateness) says how late that is.
//!
//! [`SystemTime`] tells the same time, as a time of day: an execution begins at the same one each time, and nobody sets the
//! clock.
//!
//! A thread that looks at the clock again and again, while it stands still, waits for time to pass: from some look on
//! it does, a little at first, then more and more. So a loop over [`Instant::elapsed`], or [`SystemTime::elapsed`], ends.

mod instant;
mod system_time;

use core::panic::Location;

pub use instant::Instant;
pub use real::time::{Duration, SystemTimeError, TryFromFloatSecsError};
pub use system_time::{SystemTime, UNIX_EPOCH};

use crate::explore::acting::{schedule_point, with};

/// How much time has passed since the execution began, by the clock of the thread that looks at it here.
fn look(location: &'static Location<'static>) -> Duration {
    if with(|state| state.looks_at_clock()) {
        schedule_point(location);
    }
    with(|state| state.now(location))
}
