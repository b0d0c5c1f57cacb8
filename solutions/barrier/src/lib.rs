//! A barrier that is used again and again, and can break: the reference solution.
//!
//! One `Mutex` protects who has arrived. How a round ended belongs to the round and is written once, so that a party
//! that is slow to wake up finds what became of its own round, whatever has happened to the barrier since.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The barrier is broken, or was reset: not all parties have come. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for Broken {}

/// A place where threads wait for each other: when all parties have arrived, all go on.
pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    /// Everybody waits here. All are notified when a round ends, however it does.
    ended: Condvar,
}

struct State {
    /// How many parties are inside the open round. Zero while the barrier is broken.
    waiting: usize,
    /// The open round, or the one that broke the barrier.
    round: Arc<Round>,
}

/// One round. Each of its parties holds on to it.
#[derive(Default)]
struct Round {
    /// How it ended, once it has. It is written under the mutex, and only the first time.
    end: OnceLock<Result<(), Broken>>,
}

impl Round {
    fn is_broken(&self) -> bool {
        matches!(self.end.get(), Some(Err(Broken)))
    }
}

impl State {
    /// Ends the round, if it has not ended before. Whoever calls this notifies all.
    fn end(&mut self, end: Result<(), Broken>) {
        // A barrier that is broken already stays so.
        let _ = self.round.end.set(end);
        self.waiting = 0;
    }

    /// Opens the next round. Who is late to leave the one before still has it.
    fn open(&mut self) {
        self.round = Arc::default();
    }
}

impl Barrier {
    /// A barrier for so many parties.
    pub fn new(parties: NonZeroUsize) -> Self {
        let state = State { waiting: 0, round: Arc::default() };
        Self { parties: parties.get(), state: Mutex::new(state), ended: Condvar::new() }
    }

    /// Blocks until all parties have arrived. Returns the place of arrival in this round: the first one has 0.
    ///
    /// The mutex orders the parties: what each of them did before happens before what any of them does afterwards.
    ///
    /// # Errors
    /// If the barrier is broken, or breaks or is reset before all have arrived.
    pub fn wait(&self) -> Result<usize, Broken> {
        self.wait_until(None)
    }

    /// Like `wait`, but a timeout that elapses before all have arrived breaks the barrier, for everybody.
    ///
    /// # Errors
    /// As for `wait`, and if the timeout has elapsed.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        // Computed once: wakeups do not move it. Where no clock can show it, it does not come.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let mut state = self.state();
        if state.round.is_broken() {
            return Err(Broken);
        }
        let place = state.waiting;
        if place + 1 == self.parties {
            // The last one opens the next round before anybody leaves this one: a fast party cannot get into it twice.
            state.end(Ok(()));
            state.open();
            self.ended.notify_all();
            return Ok(place);
        }
        state.waiting += 1;
        let round = Arc::clone(&state.round);
        loop {
            // The round comes before the clock: a party that is late still finds that its round is complete.
            if let Some(end) = round.end.get() {
                return end.map(|()| place);
            }
            state = match deadline {
                None => self.ended.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        // Its round has not ended, so it is the open one: no other one can be broken by this.
                        state.end(Err(Broken));
                        self.ended.notify_all();
                        return Err(Broken);
                    }
                    self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Breaks the barrier: whoever waits gets `Broken`, and so does every `wait` until it is reset.
    pub fn abort(&self) {
        self.state().end(Err(Broken));
        self.ended.notify_all();
    }

    /// Makes the barrier empty and usable. Whoever waits gets `Broken`.
    pub fn reset(&self) {
        let mut state = self.state();
        state.end(Err(Broken));
        state.open();
        self.ended.notify_all();
    }

    /// Whether the barrier is broken.
    pub fn is_broken(&self) -> bool {
        self.state().round.is_broken()
    }

    /// How many parties are inside the open round. Zero while the barrier is broken.
    pub fn waiting(&self) -> usize {
        self.state().waiting
    }

    /// How many parties make a round complete.
    pub fn parties(&self) -> usize {
        self.parties
    }

    /// The state, even of a poisoned mutex: no foreign code runs in the critical sections.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
