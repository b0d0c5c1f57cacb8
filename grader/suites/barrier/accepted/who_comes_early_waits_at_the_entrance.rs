//! Fixture: filling and leaving by turns, as in Python: who comes while others leave waits until they have left.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Filling,
    Leaving(Result<(), Broken>),
}

struct State {
    phase: Phase,
    /// How many are inside: those that have arrived, or have not left yet.
    inside: usize,
    broken: bool,
}

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    entrance: Condvar,
    exit: Condvar,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self {
            parties: parties.get(),
            state: Mutex::new(State { phase: Phase::Filling, inside: 0, broken: false }),
            entrance: Condvar::new(),
            exit: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Lets those out who are inside. Those who are leaving already go on as they are.
    fn open_exit(&self, state: &mut State, how: Result<(), Broken>) {
        if state.phase == Phase::Filling && state.inside > 0 {
            state.phase = Phase::Leaving(how);
            self.exit.notify_all();
        }
        self.entrance.notify_all();
    }

    fn leave(&self, state: &mut State) {
        state.inside -= 1;
        if state.inside == 0 {
            state.phase = Phase::Filling;
            self.entrance.notify_all();
        }
    }

    fn pass(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let mut state = self.state();
        while !state.broken && state.phase != Phase::Filling {
            state = self.entrance.wait(state).unwrap();
        }
        if state.broken {
            return Err(Broken);
        }
        let place = state.inside;
        state.inside += 1;
        if state.inside == self.parties {
            self.open_exit(&mut state, Ok(()));
        }
        loop {
            if let Phase::Leaving(how) = state.phase {
                self.leave(&mut state);
                return how.map(|()| place);
            }
            match deadline {
                None => state = self.exit.wait(state).unwrap(),
                Some(deadline) => {
                    let now = Instant::now();
                    if deadline <= now {
                        state.broken = true;
                        self.open_exit(&mut state, Err(Broken));
                    } else {
                        state = self.exit.wait_timeout(state, deadline - now).unwrap().0;
                    }
                }
            }
        }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.pass(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.pass(Instant::now().checked_add(timeout))
    }

    pub fn abort(&self) {
        let mut state = self.state();
        state.broken = true;
        self.open_exit(&mut state, Err(Broken));
    }

    pub fn reset(&self) {
        let mut state = self.state();
        self.open_exit(&mut state, Err(Broken));
        state.broken = false;
    }

    pub fn is_broken(&self) -> bool {
        self.state().broken
    }

    pub fn waiting(&self) -> usize {
        let state = self.state();
        if state.phase == Phase::Filling { state.inside } else { 0 }
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
