//! A smaller failure than one that was drawn.

use real::vec::Vec;

use super::outcome::Failure;
use super::path::{Choice, Schedule};
use super::runtime::{Runtime, Test};
use super::state::{Pass, Stop};
use super::strategy::Guided;

/// The most steps over all executions that are tried, so that long ones do not take long.
const STEPS: usize = 400_000;

/// Looks for a simpler schedule that fails, too: as many choices as possible are the first alternative, with which a
/// thread goes on as long as it can. Parts of the schedule are replaced so, large ones first (after Zeller and
/// Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002).
pub(super) struct Shrinking<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) test: Test,
    pub(super) schedule: &'a Schedule,
    /// The most executions.
    pub(super) executions: u64,
    /// The steps that were taken, over all executions.
    pub(super) steps: usize,
}

/// How simple a failure is: threads that take part, preemptions, choices that are not the first, and steps.
type Size = (usize, usize, usize, usize);

impl Shrinking<'_> {
    /// The simplest failure that was found, if it is smaller than the first one.
    pub(super) fn smallest(mut self) -> Option<Failure> {
        let first = self.fails(self.schedule.choices.clone())?;
        let (threads, steps) = first.size();
        let before = (threads, first.preemptions, steps);
        let mut best = first;
        let mut length = best.schedule.choices.len().div_ceil(2);
        while length > 0 {
            let simpler = self.without_parts(&mut best, length);
            // A part that could not be left out may be one once others are.
            length = if length == 1 && !simpler { 0 } else { (length / 2).max(1) };
        }
        let (threads, steps) = best.size();
        let is_smaller = (threads, best.preemptions, steps) < before;
        is_smaller.then(|| without_default_end(best))
    }

    /// Tries to leave out each part of `length` choices. Returns whether one could be.
    fn without_parts(&mut self, best: &mut Failure, length: usize) -> bool {
        let (mut start, mut simpler) = (0, false);
        while start < best.schedule.choices.len() {
            let mut choices = best.schedule.choices.clone();
            let end = choices.len().min(start + length);
            let mut changes = false;
            for choice in &mut choices[start..end] {
                changes |= choice.taken != 0;
                choice.taken = 0;
            }
            start = end;
            if !changes {
                continue;
            }
            if self.is_over() {
                return false;
            }
            if let Some(failure) = self.fails(choices).filter(|failure| size(failure) < size(best)) {
                *best = failure;
                simpler = true;
            }
        }
        simpler
    }

    fn is_over(&self) -> bool {
        self.runtime.state.borrow().totals.executions >= self.executions || self.steps >= STEPS
    }

    /// Runs the execution of these choices. `None`: it does not fail.
    fn fails(&mut self, choices: Vec<Choice>) -> Option<Failure> {
        let pass = Pass::new(self.schedule.into(), Guided::by(choices));
        self.runtime.state.borrow_mut().pass = pass;
        let stop = self.runtime.next_execution(&self.test);
        self.steps += self.runtime.state.borrow().execution.steps;
        match stop {
            Some(Stop::Failed(failure)) => Some(*failure),
            Some(Stop::Unsupported(_) | Stop::Internal(_) | Stop::Diverged(_)) | None => None,
        }
    }
}

fn size(failure: &Failure) -> Size {
    let (threads, steps) = failure.size();
    let others = failure.schedule.choices.iter().filter(|choice| choice.taken != 0).count();
    (threads, failure.preemptions, others, steps)
}

/// The same failure by fewer choices: after the last one, each is the first alternative.
fn without_default_end(mut failure: Failure) -> Failure {
    let choices = &mut failure.schedule.choices;
    let end = choices.iter().rposition(|choice| choice.taken != 0).map_or(0, |last| last + 1);
    choices.truncate(end);
    failure.execution.schedule = failure.schedule.to_string();
    failure
}
