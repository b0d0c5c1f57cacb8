//! Executions that are drawn, where they are too many to try all of them.

use real::sync::Arc;

use model_trace::Sampling;

use super::outcome::Outcome;
use super::runtime::{Runtime, Test};
use super::search::{Search, alone};
use super::state::{Allowance, MAX_THREADS, Pass, Settings, State, Stop, UNBOUNDED};
use super::strategy::Sampled;

/// How many times as many steps an execution may take that is drawn: it has more threads, and they are not all as fast.
const STEPS: usize = 4;

impl Search {
    /// Runs `test` in schedules that are drawn by random numbers, until one fails: for programs with more threads and
    /// steps than can be searched. Up to 63 spawned threads may be alive at once. The same seed gives the same
    /// schedules.
    ///
    /// The memory model is that of [`Search::run`], and so are traces, schedules to run again, and
    /// [`Search::smaller`]. Of the limits, `spurious` holds for each execution, and each may take four times
    /// `steps`; from half of these on all threads are equally fast, so that a program which ends under a fair
    /// scheduler does not fail by taking too many. Every second execution is a matter of scheduling alone: loads
    /// read the newest value, and nothing happens spuriously.
    ///
    /// What passes has not been shown to be right. PCT (see [`Method::Pct`](model_trace::Method::Pct)) finds a bug that
    /// shows when d steps come in a certain order with a probability of at least 1/(n·k^(d−1)) per schedule, with n
    /// threads and k steps (Burckhardt et al., ASPLOS 2010); there is no such bound for the other methods.
    ///
    /// ```
    /// use model_std::model::{Outcome, Sampling, Search};
    /// use model_std::sync::atomic::{AtomicU32, Ordering};
    /// use model_std::thread;
    ///
    /// // Twelve threads add one each, by a load and a store.
    /// let lost_update = || {
    ///     let count = AtomicU32::new(0);
    ///     thread::scope(|scope| {
    ///         for _ in 0..12 {
    ///             scope.spawn(|| count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
    ///         }
    ///     });
    ///     assert_eq!(count.load(Ordering::SeqCst), 12, "an update is lost");
    /// };
    ///
    /// let sampling = Sampling { schedules: 100, ..Sampling::default() };
    /// let Outcome::Failed(failure) = Search::default().sample(sampling, lost_update) else { panic!("it passes") };
    /// assert!(failure.coverage.executions <= 100);
    /// ```
    ///
    /// # Panics
    /// Inside of another search.
    #[track_caller]
    pub fn sample<F: Fn() + Send + Sync + 'static>(self, sampling: Sampling, test: F) -> Outcome {
        self.sample_test(sampling, &(Arc::new(test) as Test))
    }

    #[track_caller]
    fn sample_test(mut self, sampling: Sampling, test: &Test) -> Outcome {
        let _alone = alone();
        let sinks = self.sinks();
        let settings = Settings { at_failure: None, ..self.settings_of_sampled() };
        let pass = |fine_grained| {
            let allowance =
                Allowance { preemptions: UNBOUNDED, spurious: self.spurious, stale: true, fine_grained };
            Pass::new(allowance, Sampled::new(sampling, settings.steps))
        };
        let runtime = Runtime::new(State::new(settings, pass(false)), sinks);
        let sampled = runtime.enter(|| {
            while runtime.state.borrow().totals.executions < sampling.schedules {
                match runtime.next_execution(test) {
                    Some(Stop::Failed(failure)) => {
                        runtime.hand_over(&failure);
                        return Outcome::Failed(failure);
                    }
                    Some(Stop::Unsupported(unsupported)) => return Outcome::Unsupported(unsupported),
                    Some(Stop::Internal(error)) => return Outcome::Internal(error),
                    Some(Stop::Diverged(_)) => unreachable!("no schedule is followed here"),
                    None => {}
                }
                let mut state = runtime.state.borrow_mut();
                if state.totals.needs_fine_grained && !state.is_fine_grained() {
                    // Releases have to be steps, in all executions.
                    state.pass = pass(true);
                } else {
                    state.pass.strategy.advance();
                }
            }
            Outcome::Passed(runtime.state.borrow().covered())
        });
        sampled.unwrap_or_else(Outcome::Internal)
    }

    /// What holds for all executions that are drawn.
    #[track_caller]
    pub(super) fn settings_of_sampled(&self) -> Settings {
        Settings { threads: MAX_THREADS, steps: self.steps.saturating_mul(STEPS), ..self.settings() }
    }
}
