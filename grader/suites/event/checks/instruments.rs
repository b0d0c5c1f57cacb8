//! What the checks hold, and how they hold it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use event::Event;
pub use harness::message;

/// Longer than any program runs: a wait for so long ends because of the event, or not at all. In the model it has
/// no deadline.
pub const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

/// What the thread returned; a panic in it is a panic here, with its message.
pub fn finish<T>(thread: JoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(payload) => panic!("a thread panicked: {}", message(&*payload)),
    }
}

/// Starts a thread that uses what is shared; `role` is its name in schedules.
pub fn with<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: &Arc<T>,
    work: impl FnOnce(&T) -> R + Send + 'static,
) -> JoinHandle<R> {
    start_boxed(role, Arc::clone(shared), Box::new(work))
}

/// Compiled once for all closures that return the same.
fn start_boxed<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: Arc<T>,
    work: Box<dyn FnOnce(&T) -> R + Send>,
) -> JoinHandle<R> {
    harness::model::name_next_thread(role);
    thread::spawn(move || work(&shared))
}

/// Waits without a timeout.
pub fn plain(event: &Event) {
    Event::wait(event);
}

/// Waits with a timeout that does not come.
pub fn timed(event: &Event) {
    assert!(Event::wait_timeout(event, AGES), "a timed wait returned false, long before its deadline");
}
