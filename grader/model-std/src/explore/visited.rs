//! The steps from which the search has already gone on.
//!
//! Two executions that have come to the same state, by orders of independent steps, can go on in the same ways: it
//! suffices to search one of them (see `State::digest`). What is remembered are not states but steps: a state together
//! with the thread that goes on from there, and why. What follows a step depends on nothing else. In particular it does
//! not depend on the thread that was running before, which decides only whether the step is a preemption. So where
//! executions meet in a state with different threads running, each alternative is tried once, and not once for each of
//! those threads. An alternative that is known costs no execution at all: it is never begun. That is what sleep sets are
//! for in a search without memory (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996).
//!
//! # The bound
//!
//! A step is known if it was taken with as few preemptions, or fewer, or is postponed until a pass allows as many: then
//! everything that can follow with those that are left was, or will be, searched from there. So the reduction agrees with
//! the bound, which one that looks at dependence alone does not (Coons, Musuvathi and McKinley, "Bounded Partial-Order
//! Reduction", OOPSLA 2013).
//!
//! No pass repeats what earlier ones have done, as each step belongs to the first pass that gets to it: what follows a
//! step, and how many preemptions that takes, does not depend on the way to it.

use core::hash::{BuildHasherDefault, Hasher};
use real::collections::HashMap;

use super::digest::Digest;
use super::path::Alternatives;

/// Steps, and the fewest preemptions with which each was reached.
#[derive(Debug, Default)]
pub(super) struct Visited {
    steps: HashMap<Digest, u32, BuildHasherDefault<Lane>>,
}

/// A step that an execution can go on with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// What comes before it, which thread takes it, and why that one goes on.
    pub(super) digest: Digest,
    /// How many preemptions the execution has with it.
    pub(super) preemptions: u32,
}

impl Visited {
    /// Whether everything that can follow a step with as many preemptions was already searched, or will be. If not, notes
    /// that it will be.
    pub(super) fn knows(&mut self, step: Step) -> bool {
        let fewest = self.steps.entry(step.digest).or_insert(u32::MAX);
        let known = *fewest <= step.preemptions;
        *fewest = step.preemptions.min(*fewest);
        known
    }

    /// Those of these steps that are known, by their index. Notes that the others will be.
    pub(super) fn known(&mut self, steps: &[Step]) -> Alternatives {
        let mut known = Alternatives::default();
        for (index, step) in steps.iter().enumerate() {
            if self.knows(*step) {
                known.insert(index);
            }
        }
        known
    }

    /// Whether a step was reached with fewer preemptions.
    pub(super) fn reached_with_fewer(&self, step: Step) -> bool {
        self.steps.get(&step.digest).is_some_and(|fewest| *fewest < step.preemptions)
    }
}

/// A hasher that passes a lane of a digest on: it is a hash already.
#[derive(Debug, Default)]
pub(super) struct Lane(u64);

impl Hasher for Lane {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a digest consists of words");
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }
}
