//! One execution that does not fail, worth looking at.

use core::cmp::Reverse;
use real::sync::Arc;

use model_trace::{Blocker, Execution, Operation};

use super::path::Schedule;
use super::runtime::{Runtime, Sinks, Test};
use super::search::{Search, alone};
use super::state::{Allowance, Pass, Settings, State, Stop};
use super::strategy::Uniform;

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
    /// thread to thread, then the shortest. Nothing spurious happens in it. `None`: all of them fail, or the
    /// explorer itself does.
    ///
    /// The same test gives the same example.
    ///
    /// # Panics
    /// Inside of a search.
    #[track_caller]
    pub fn example<F: Fn() + Send + Sync + 'static>(self, test: F) -> Option<Example> {
        self.example_of(&(Arc::new(test) as Test))
    }

    #[track_caller]
    fn example_of(mut self, test: &Test) -> Option<Example> {
        let _alone = alone();
        let allowance = Allowance {
            preemptions: self.preemptions.unwrap_or(PREEMPTIONS).min(PREEMPTIONS),
            spurious: 0,
            stale: false,
            // A lock is seen to be held only if others can come before it is released.
            fine_grained: true,
        };
        let pass = Pass::new(allowance, Uniform::new(SEED));
        let settings = Settings { record: true, at_failure: None, ..self.settings() };
        let runtime = Runtime::new(State::new(settings, pass), Sinks { on_failure: None, ..self.sinks() });
        let mut best: Option<(Worth, Example)> = None;
        let tried = runtime.enter(|| {
            for _ in 0..self.executions {
                let stop = runtime.next_execution(test);
                let mut state = runtime.state.borrow_mut();
                let worth = Worth::of(&state);
                let better = best.as_ref().is_none_or(|(known, _)| worth > *known);
                if matches!(stop, Some(Stop::Internal(_))) {
                    best = None;
                    return;
                }
                if stop.is_none() && better {
                    best = Some((worth, state.example()));
                }
                state.pass.strategy.advance();
            }
        });
        tried.ok()?;
        best.map(|(_, example)| example)
    }
}

impl State {
    fn example(&self) -> Example {
        Example { execution: self.describe(None), schedule: self.schedule_so_far() }
    }
}

/// How much an execution shows: waits, switches from thread to thread, and how short it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Worth(usize, usize, Reverse<usize>);

impl Worth {
    fn of(state: &State) -> Self {
        let events = &state.execution.events;
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
