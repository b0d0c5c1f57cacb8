//! An event and a monitor: the reference solution.
//!
//! The state of the event is protected by one `Mutex`, with one `Condvar`, since all who wait wait for the same. The
//! monitor's thread sleeps by waiting for an event: the interval is the timeout.

use std::any::Any;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Something that has happened or not. Any number of threads may wait for it.
#[derive(Debug, Default)]
pub struct Event {
    state: Mutex<State>,
    /// Everybody waits here. All are notified by `set`; `clear` lets no thread go on.
    happened: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_set: bool,
    /// How often it has been set. A waiter that finds another number than it came with has seen the event happen,
    /// even if it has been cleared since.
    sets: u64,
}

impl State {
    /// Whether a thread that came when there had been `before` sets may go on.
    fn releases(&self, before: u64) -> bool {
        self.is_set || self.sets != before
    }
}

impl Event {
    /// An event that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the event, and releases every thread that waits at this moment, even if `clear` follows at once.
    pub fn set(&self) {
        let mut state = self.state();
        state.is_set = true;
        state.sets += 1;
        // All of them may go on. Under the mutex: no waiter is between its check and its sleep.
        self.happened.notify_all();
    }

    /// Clears the event: whoever waits from now on waits for the next `set`.
    pub fn clear(&self) {
        self.state().is_set = false;
    }

    /// Whether the event is set.
    pub fn is_set(&self) -> bool {
        self.state().is_set
    }

    /// Blocks until the event is set. Returns at once while it is.
    ///
    /// The mutex orders the two threads: what the one that sets did before happens before what follows here.
    pub fn wait(&self) {
        let mut state = self.state();
        let before = state.sets;
        // A loop: the wakeup may be spurious.
        while !state.releases(before) {
            state = self.happened.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Like `wait`, but no longer than `timeout`. Returns whether the event was set.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // Computed once: wakeups do not move it. `None` is later than any clock can show.
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state();
        let before = state.sets;
        // The state comes before the clock: a thread that is late still finds that the event is set.
        while !state.releases(before) {
            let left =
                deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            let woken = self.happened.wait_timeout(state, left);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    /// The state, even of a poisoned mutex: no foreign code runs in the critical sections.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread in the background that calls `beat` once per interval, until it is stopped or dropped.
pub struct Monitor {
    shared: Arc<Shared>,
    /// `None` once it has been joined.
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Ends the thread, and wakes it if it sleeps.
    stop: Event,
    /// Complete beats. Relaxed is enough: it is a number and no message. Whoever learns of a beat in another way, by
    /// joining the thread or from a later beat, has an order from there, and reads no older value.
    beats: AtomicU64,
}

impl Monitor {
    /// Starts the thread. The first beat comes one interval from now.
    pub fn start(interval: Duration, mut beat: impl FnMut() + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            // The wait is the sleep: a timeout means that a beat is due, anything else that it is time to end.
            while !theirs.stop.wait_timeout(interval) {
                // No lock is held here: `beats` does not wait, and a panic poisons nothing.
                beat();
                theirs.beats.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { shared, thread: Some(thread) }
    }

    /// How many beats are complete by now. Never waits for one that is running.
    pub fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::Relaxed)
    }

    /// Stops the thread and joins it, without waiting for the rest of an interval. Returns how many beats are
    /// complete; none begins afterwards.
    ///
    /// # Panics
    /// If a beat has panicked: the panic is passed on.
    pub fn stop(mut self) -> u64 {
        if let Err(payload) = self.end() {
            panic::resume_unwind(payload);
        }
        // After the join: the last beat counts.
        self.beats()
    }

    /// Says that it is time to end, wakes the thread, and joins it; only the first time.
    fn end(&mut self) -> Result<(), Box<dyn Any + Send>> {
        self.shared.stop.set();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Monitor {
    /// Stops the thread and joins it, as `stop` does. A panic of a beat is dropped: another one may be on its way.
    fn drop(&mut self) {
        let _ = self.end();
    }
}
