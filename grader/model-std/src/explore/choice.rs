//! Choices of the acting thread's step: which of several outcomes it has.

use smallvec::SmallVec;

use model_trace::Limit;

use super::atomics::{ExchangeResult, Exchanged};
use super::memory::Ages;
use super::path::Diverged;
use super::state::State;
use super::strategy::Strategy;

impl State {
    /// Chooses one of `options` outcomes of the acting thread's step, such as the waiter that is woken, and notes
    /// which: what follows may depend on it.
    pub(crate) fn choose(&mut self, options: usize) -> usize {
        let choice = self.take_choice(options);
        if options > 1 {
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
        if age > 0 {
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

    /// Chooses whether the acting thread is delayed, which is a preemption. If not, it is in the same state as where that
    /// is no choice.
    pub(super) fn choose_delay(&mut self) -> bool {
        let may = self.may_preempt();
        let delayed = self.take(2, |strategy| match may {
            true => strategy.choose(2),
            false => strategy.postpone(2, &[]).map(|()| 0),
        }) == 1;
        if delayed {
            self.note(1);
        }
        delayed
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
        if chosen.age > 0 {
            self.note(1);
        }
        if is_spurious(&chosen) {
            self.execution.spurious -= 1;
            self.note(2);
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
