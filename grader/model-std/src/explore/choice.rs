//! Choices of the acting thread's step: which of several outcomes it has.

use super::path::Diverged;
use super::state::State;

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

    fn take_choice(&mut self, options: usize) -> usize {
        if options <= 1 || self.execution.stop.is_some() || self.execution.pruned {
            return 0;
        }
        match self.pass.strategy.choose(options) {
            Ok(choice) => choice,
            Err(Diverged) => {
                self.diverged();
                0
            }
        }
    }

    /// Chooses how many stores a load leaves unseen, out of those that it may.
    ///
    /// The history notes the store that is read, not how many have followed it: orders of execution that differ in
    /// nothing else lead to the same state. But stale loads are counted, so whether it is one is noted.
    pub(super) fn choose_age(&mut self, readable: usize) -> usize {
        self.totals.chances.stale |= readable > 1;
        let age = if self.pass.allowance.stale { self.take_choice(readable) } else { 0 };
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

    /// Chooses whether a weak exchange that could succeed fails, if that is still allowed.
    pub(super) fn choose_spurious_failure(&mut self) -> bool {
        let fails = self.has_spurious_chance() && self.choose(2) == 1;
        if fails {
            self.execution.spurious -= 1;
        }
        fails
    }
}
