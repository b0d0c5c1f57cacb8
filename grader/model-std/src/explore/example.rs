//! One execution that does not fail, worth looking at.

use core::cmp::Reverse;
use real::sync::{Arc, PoisonError};

use super::panics;
use super::replay::Schedule;
use super::runtime::Runtime;
use super::search::{SEARCHES, Search};
use super::state::{Limits, State};
use model_trace::{Blocker, Execution, Operation};

/// An execution that does not fail.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its threads, objects and steps.
    pub execution: Execution,
    /// The choices that lead to this execution.
    pub schedule: Schedule,
}

/// Any number, but always the same.
const SEED: u64 = 0x1e7e_a7e5;

/// More preemptions than these are hard to follow.
const PREEMPTIONS: usize = 2;

impl Search {
    /// Runs `test` in as many random interleavings as the search may have executions, and returns the one
    /// that shows most: in which threads had to wait most often, then the one that changes most often from
    /// thread to thread, then the shortest. Nothing happens for no reason in it. `None`: all of them fail.
    ///
    /// The same test gives the same example.
    ///
    /// # Panics
    /// Inside of a search.
    pub fn example<F: Fn() + Send + Sync + 'static>(self, test: F) -> Option<Example> {
        let _alone = SEARCHES.lock().unwrap_or_else(PoisonError::into_inner);
        panics::install_hook();
        let mut state = State::new(Limits { steps: self.steps, spurious: 0, outdated: false }, true);
        state.bound = self.preemptions.unwrap_or(PREEMPTIONS).min(PREEMPTIONS);
        // A lock is seen to be held only if others can come before it is released.
        state.fine = true;
        let runtime = Runtime::new(state, None);
        let test = Arc::new(test);
        let mut best: Option<(Worth, Example)> = None;
        runtime.enter(|| {
            for number in 0..self.executions {
                runtime.state.borrow_mut().path.wander(SEED ^ number);
                let stop = runtime.next_execution(&test);
                let state = runtime.state.borrow();
                let worth = Worth::of(&state);
                let better = best.as_ref().is_none_or(|(known, _)| worth > *known);
                if stop.is_none() && better {
                    best = Some((worth, state.example()));
                }
            }
        });
        best.map(|(_, example)| example)
    }
}

impl State {
    fn example(&self) -> Example {
        Example { execution: self.execution(None), schedule: self.schedule_so_far() }
    }
}

/// How much an execution shows: waits, switches from thread to thread, and how short it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Worth(usize, usize, Reverse<usize>);

impl Worth {
    fn of(state: &State) -> Self {
        let events = &state.events;
        let waits = events.iter().filter(|event| is_wait(event.operation)).count();
        let switches = events.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count();
        Self(waits, switches, Reverse(events.len()))
    }
}

/// Whether it is a wait for another thread. The end of a thread does not count: most tests wait for that.
fn is_wait(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Block { on: Blocker::Object(_) }
            | Operation::Wait { .. }
            | Operation::Arrive { .. }
            | Operation::Park { .. }
    )
}
