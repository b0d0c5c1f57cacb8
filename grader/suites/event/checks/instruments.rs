//! What the checks hold, and how they hold it.

use std::time::Duration;

use event::Event;
pub use harness::message;

/// Longer than any program runs: a wait for so long ends because of the event, or not at all. In the model it has
/// no deadline.
pub const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

harness::threads!();

/// Waits without a timeout.
pub fn plain(event: &Event) {
    Event::wait(event);
}

/// Waits with a timeout that does not come.
pub fn timed(event: &Event) {
    assert!(Event::wait_timeout(event, AGES), "a timed wait returned false, long before its deadline");
}
