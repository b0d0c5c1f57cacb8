//! Choices of the acting thread's step: which of several outcomes it has.

use smallvec::SmallVec;

use model_trace::Limit;

use super::atomics::{ExchangeResult, Exchanged};
use super::memory::Ages;
use super::merge::Merge;
use super::path::Diverged;
use super::state::State;
use super::strategy::Strategy;
use super::visited::Step;

impl State {
    /// Chooses one of `options` outcomes of the acting thread's step, such as the waiter that is woken, and notes
    /// which: what follows may depend on it.
    pub(crate) fn choose(&mut self, options: usize) -> usize {
        let choice = self.take_choice(options);
        if options > 1 && !self.merges(Merge::Waiter) {
            self.note(choice as u64);
        }
        choice
    }

    /// Chooses one of `options` inputs of the test, and notes which.
    pub(crate) fn choose_input(&mut self, options: usize) -> usize {
        let choice = self.take(options, |strategy| strategy.choose_input(options));
        self.note(choice as u64);
        choice
    }

    fn take_choice(&mut self, options: usize) -> usize {
        self.take(options, |strategy| strategy.choose(options))
    }

    fn take(
        &mut self,
        options: usize,
        choose: impl FnOnce(&mut dyn Strategy) -> Result<usize, Diverged>,
    ) -> usize {
        if options <= 1 || self.execution.stop.is_some() || self.execution.pruned {
            return 0;
        }
        // A thread that runs on makes no choices.
        if self.execution.me().spin.runs_on() {
            self.leave_out(Limit::Overtaking);
            return 0;
        }
        match choose(&mut *self.pass.strategy) {
            Ok(choice) => choice,
            Err(Diverged) => {
                self.diverged();
                0
            }
        }
    }

    /// Chooses how many stores follow the one that an access takes.
    ///
    /// The history notes that store, not how many follow it: orders of execution that differ in nothing else lead to
    /// the same state. But accesses that do not take the newest store are counted, so whether it is one is noted.
    pub(super) fn choose_age(&mut self, ages: &Ages) -> usize {
        self.totals.chances.stale |= ages.list.len() > 1;
        if !self.pass.allowance.stale {
            return 0;
        }
        self.leave_out_others(ages);
        let age = ages.list[self.take_choice(ages.list.len())];
        if age > 0 && !self.merges(Merge::Outdated) {
            self.note(1);
        }
        age
    }

    /// Chooses whether a thread that could go on gives way to one that waits. If not, it is in the same state as where
    /// none waits.
    pub(super) fn choose_to_give_way(&mut self) -> bool {
        let gives_way = self.take_choice(2) == 1;
        if gives_way {
            self.note(1);
        }
        gives_way
    }

    /// Chooses whether the acting thread is delayed, which is a preemption, at its look at the clock number `look` since
    /// that moved. If not, it is in the same state as where that is no choice.
    ///
    /// Programs look at the clock where little is left to choose, such as at their end. So executions that have met by
    /// then are recognised here, too.
    pub(super) fn choose_delay(&mut self, look: u32) -> bool {
        let may = self.may_preempt();
        let steps = self.pass.strategy.recognises_steps().then(|| self.steps_of_delay(look));
        let mut is_known = false;
        let delayed = self.take(2, |strategy| match (may, &steps) {
            (true, Some(steps)) => {
                let unknown = strategy.choose_step(steps);
                is_known = unknown.is_none();
                Ok(unknown.unwrap_or(0))
            }
            (true, None) => strategy.choose(2),
            (false, Some(steps)) => strategy.postpone(2, steps).map(|()| 0),
            (false, None) => strategy.postpone(2, &[]).map(|()| 0),
        }) == 1;
        self.execution.pruned |= is_known;
        if delayed {
            self.note(look.into());
        }
        delayed
    }

    /// How the acting thread goes on at a look at the clock: without a delay, and with one. Looks leave no mark in its
    /// history, so that their number counts.
    fn steps_of_delay(&self, look: u32) -> [Step; 2] {
        /// No step of a candidate begins with it.
        const LOOK: u64 = u64::MAX;
        let state = self.digest().then(LOOK).then(self.execution.current.0.into()).then(look.into());
        [0, 1].map(|delays| Step {
            digest: state.then(delays),
            preemptions: (self.execution.preemptions as u64 + delays) as u32,
        })
    }

    /// Chooses what an exchange comes to, of all that it may with stale values and spurious failures. The first one
    /// needs neither.
    pub(super) fn choose_outcome(
        &mut self,
        mut outcomes: SmallVec<[Exchanged; 8]>,
        others: &Ages,
    ) -> Exchanged {
        self.totals.chances.stale |= outcomes.iter().any(|outcome| outcome.age > 0);
        if self.pass.allowance.stale {
            self.leave_out_others(others);
        } else {
            outcomes.retain(|outcome| outcome.age == 0);
        }
        let is_spurious = |outcome: &Exchanged| outcome.result == ExchangeResult::FailedSpuriously;
        if outcomes.iter().any(is_spurious) && !self.has_spurious_chance() {
            outcomes.retain(|outcome| !is_spurious(outcome));
        }
        let chosen = outcomes[self.take_choice(outcomes.len())];
        if chosen.age > 0 && !self.merges(Merge::Outdated) {
            self.note(1);
        }
        if is_spurious(&chosen) {
            self.execution.spurious -= 1;
            if !self.merges(Merge::SpuriousFailure) {
                self.note(2);
            }
        }
        chosen
    }

    fn leave_out_others(&mut self, ages: &Ages) {
        self.leave_out_if(ages.limited, Limit::StaleLoads);
        self.leave_out_if(ages.out_of_order, Limit::SeqCstOrder);
    }

    pub(super) fn leave_out_if(&mut self, condition: bool, limit: Limit) {
        if condition {
            self.leave_out(limit);
        }
    }
}
