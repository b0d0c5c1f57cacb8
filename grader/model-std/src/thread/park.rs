//! Parking.

use core::panic::Location;
use core::time::Duration;

use model_trace::Operation;

use super::handle::Thread;
use crate::explore::acting::{schedule_point, wait_until, with};
use crate::explore::thread::{Pending, Wait};

/// See [`std`](real::thread::park). It may return spuriously, within the budget of the search.
#[track_caller]
pub fn park() {
    block(None, Location::caller());
}

/// See [`std`](real::thread::park_timeout). The timeout can elapse at any point of the schedule.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    block(Some(timeout), Location::caller());
}

/// See [`std`](real::thread::park_timeout_ms).
#[deprecated(note = "replaced by `std::thread::park_timeout`")]
#[track_caller]
pub fn park_timeout_ms(ms: u32) {
    block(Some(Duration::from_millis(ms.into())), Location::caller());
}

fn block(timeout: Option<Duration>, location: &'static Location<'static>) {
    let deadline = with(|state| {
        state.record(Operation::Park { timeout }, location);
        timeout.and_then(|timeout| state.deadline(timeout))
    });
    let resumed = wait_until(Pending { deadline, spurious: true, ..Pending::until(Wait::Park, location) });
    with(|state| state.end_park(resumed, location));
}

impl Thread {
    /// See [`std`](real::thread::Thread::unpark).
    #[track_caller]
    pub fn unpark(&self) {
        let location = Location::caller();
        schedule_point(location);
        with(|state| state.unpark(self.id, location));
    }
}
