//! An event that one thread sets and all who wait for it see, and a monitor whose thread stops at once.
//!
//! `Event` is the protocol between threads. `Monitor` runs a thread in the background that sleeps and can be
//! woken. The README explains the idea.

use std::time::Duration;

/// Something that has happened or not. Any number of threads may wait for it.
#[derive(Debug, Default)]
pub struct Event {
    // Has it happened, how does a waiter know that it has happened in the meantime, and where do threads wait?
}

impl Event {
    /// An event that is not set.
    pub fn new() -> Self {
        todo!("Event::new, an event that is not set")
    }

    /// Sets the event, and releases every thread that waits at this moment, even if `clear` follows at once.
    pub fn set(&self) {
        todo!("Event::set, which releases every thread that waits")
    }

    /// Clears the event: whoever waits from now on waits for the next `set`.
    pub fn clear(&self) {
        todo!("Event::clear")
    }

    /// Whether the event is set.
    pub fn is_set(&self) -> bool {
        todo!("Event::is_set")
    }

    /// Blocks until the event is set. Returns at once while it is. What the thread that sets it did before is
    /// visible afterwards.
    pub fn wait(&self) {
        todo!("Event::wait, which blocks until the event is set")
    }

    /// Like `wait`, but no longer than `timeout`. Returns whether the event was set.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        todo!("Event::wait_timeout, which keeps its deadline of {timeout:?}")
    }
}

/// A thread in the background that calls `beat` once per interval, until it is stopped or dropped.
pub struct Monitor {
    // What do the two threads share, and how is the one in the background joined, whichever way the monitor ends?
}

impl Monitor {
    /// Starts the thread. The first beat comes one interval from now.
    pub fn start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Self {
        let _ = beat;
        todo!("Monitor::start, whose thread beats every {interval:?}")
    }

    /// How many beats are complete by now. Never waits for one that is running.
    pub fn beats(&self) -> u64 {
        todo!("Monitor::beats")
    }

    /// Stops the thread and joins it, without waiting for the rest of an interval. Returns how many beats are
    /// complete; none begins afterwards.
    ///
    /// # Panics
    /// If a beat has panicked: the panic is passed on.
    pub fn stop(self) -> u64 {
        todo!("Monitor::stop, which wakes the thread and joins it")
    }
}

impl Drop for Monitor {
    /// Stops the thread and joins it, as `stop` does. A panic of a beat is dropped.
    fn drop(&mut self) {
        todo!("Monitor::drop, which stops and joins as well")
    }
}
