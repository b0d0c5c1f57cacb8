//! One schedule run again, and what a search has after it.

use real::sync::Arc;

use model_trace::Place;

use super::outcome::{Failure, Outcome};
use super::path::Schedule;
use super::runtime::{Runtime, Sinks, Test};
use super::search::{Search, alone};
use super::shrink::Shrinking;
use super::state::{Allowance, MAX_THREADS, Pass, Settings, State, Stop};
use super::strategy;

/// How it went when a schedule was run again.
#[derive(Clone, Debug)]
pub enum Replay {
    /// The program took every choice of the schedule. The outcome is of this one execution.
    Followed(Outcome),
    /// The program does not go this way any more.
    Diverged(Divergence),
}

/// Where a program leaves a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The steps that it took as the schedule has them.
    pub steps: usize,
    /// The first step that it did not; the last one, if it ended too early.
    pub place: Place,
}

impl From<&Schedule> for Allowance {
    fn from(schedule: &Schedule) -> Self {
        Allowance {
            preemptions: schedule.preemptions,
            spurious: schedule.spurious,
            stale: schedule.stale,
            fine_grained: schedule.fine_grained,
        }
    }
}

impl Search {
    /// Runs `test` once, by `schedule`. The limits of the search that the schedule has do not count.
    ///
    /// # Panics
    /// Inside of a search.
    #[track_caller]
    pub fn replay<F: Fn() + Send + Sync + 'static>(self, schedule: &Schedule, test: F) -> Replay {
        self.replay_test(schedule, &(Arc::new(test) as Test))
    }

    #[track_caller]
    fn replay_test(mut self, schedule: &Schedule, test: &Test) -> Replay {
        let _alone = alone();
        let sinks = self.sinks();
        let pass = Pass::new(schedule.into(), strategy::Replay::of(schedule));
        let runtime = Runtime::new(State::new(self.settings_for(schedule), pass), sinks);
        let stop = runtime
            .enter(|| runtime.next_execution(test))
            .unwrap_or_else(|error| Some(Stop::Internal(error)));
        match stop {
            Some(Stop::Failed(failure)) => {
                runtime.hand_over(&failure);
                Replay::Followed(Outcome::Failed(failure))
            }
            Some(Stop::Unsupported(unsupported)) => Replay::Followed(Outcome::Unsupported(unsupported)),
            Some(Stop::Internal(error)) => Replay::Followed(Outcome::Internal(error)),
            Some(Stop::Diverged(divergence)) => Replay::Diverged(divergence),
            None => Replay::Followed(Outcome::Passed(runtime.state.borrow().covered())),
        }
    }

    /// Looks for a smaller failure than the one that `schedule` leads to: with as few preemptions, and fewer
    /// threads that take part or, with as many, fewer steps. It tries the executions that come after it in
    /// the same search, up to the limit of executions. Where the schedule was drawn, it tries simpler ones instead, in
    /// which fewer threads take part, or threads are preempted less often. `None`: there is no smaller one among them.
    ///
    /// Failing executions unwind here, so what the program does then may end the process: have the first
    /// failure safe.
    ///
    /// # Panics
    /// Inside of a search.
    #[track_caller]
    pub fn smaller<F: Fn() + Send + Sync + 'static>(self, schedule: &Schedule, test: F) -> Option<Failure> {
        self.smaller_than(schedule, Arc::new(test))
    }

    #[track_caller]
    fn smaller_than(mut self, schedule: &Schedule, test: Test) -> Option<Failure> {
        let _alone = alone();
        let pass = Pass::new(schedule.into(), strategy::Smaller::than(schedule, self.remember));
        // A debugger is not attached to one of many failures.
        let settings = Settings { at_failure: None, ..self.settings_for(schedule) };
        let runtime = Runtime::new(State::new(settings, pass), Sinks { on_failure: None, ..self.sinks() });
        if Allowance::from(schedule).is_sampled() {
            let shrinking =
                Shrinking { runtime: &runtime, test, schedule, executions: self.executions, steps: 0 };
            return runtime.enter(|| shrinking.smallest()).ok().flatten();
        }
        let smaller = runtime.enter(|| {
            let Some(Stop::Failed(first)) = runtime.next_execution(&test) else { return None };
            let mut smallest = first.size();
            let mut found = None;
            while runtime.state.borrow().totals.executions < self.executions
                && runtime.state.borrow_mut().pass.strategy.advance()
            {
                match runtime.next_execution(&test) {
                    Some(Stop::Failed(failure)) if failure.size() < smallest => {
                        smallest = failure.size();
                        found = Some(failure);
                    }
                    Some(Stop::Failed(_)) | None => {}
                    Some(Stop::Internal(_)) => return None,
                    Some(Stop::Unsupported(_) | Stop::Diverged(_)) => break,
                }
            }
            found.map(|failure| *failure)
        });
        smaller.ok().flatten()
    }

    #[track_caller]
    fn settings_for(&self, schedule: &Schedule) -> Settings {
        let searched = || Settings { threads: MAX_THREADS, ..self.settings() };
        if Allowance::from(schedule).is_sampled() { self.settings_of_sampled() } else { searched() }
    }
}
