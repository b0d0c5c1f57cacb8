//! A search in progress: executions one after the other, with a bound on preemptions that deepens.

use core::mem;
use real::boxed::Box;
use real::sync::Arc;
use real::vec::Vec;

use model_trace::{Coverage, Limits};

use super::outcome::{Failure, Outcome};
use super::runtime::{Runtime, Test};
use super::search::{Search, alone};
use super::state::{Allowance, Chances, Pass, Settings, State, Stop};
use super::strategy::Exhaustive;

impl Search {
    /// Runs `test` in every interleaving that the limits allow, until one fails.
    ///
    /// # Panics
    /// Inside of another search.
    #[track_caller]
    pub fn run<F: Fn() + Send + Sync + 'static>(self, test: F) -> Outcome {
        self.run_test(Arc::new(test))
    }

    #[track_caller]
    fn run_test(mut self, test: Test) -> Outcome {
        let _alone = alone();
        let first = Modes { spurious: 0, stale: false, fine_grained: false };
        let pass = first.pass(0, self.remember, self.room(0));
        // The schedule of a failure says what may happen in it: a debugger waits there, in a replay.
        let settings = Settings { at_failure: None, ..self.settings() };
        let runtime = Runtime::new(State::new(settings, pass), self.sinks());
        let (resting, most) = (Vec::new(), self.executions);
        let run = Run { runtime: &runtime, test, search: &self, resting, fine_grained: false, most };
        runtime.enter(|| run.deepen()).unwrap_or_else(Outcome::Internal)
    }
}

/// What distinguishes passes with the same bound.
#[derive(Clone, Copy)]
struct Modes {
    spurious: u32,
    stale: bool,
    fine_grained: bool,
}

impl Modes {
    /// The first pass of this kind.
    fn pass(self, preemptions: usize, remember: bool, room: usize) -> Pass {
        let Modes { spurious, stale, fine_grained } = self;
        let allowance = Allowance { preemptions, spurious, stale, fine_grained };
        Pass::new(allowance, Exhaustive::new(remember, room))
    }

    fn are_those_of(self, pass: &Pass) -> bool {
        let Modes { spurious, stale, fine_grained } = self;
        let Allowance { preemptions: _, spurious: other, stale: may, fine_grained: is_fine } = pass.allowance;
        (spurious, stale, fine_grained) == (other, may, is_fine)
    }
}

/// A search in progress.
struct Run<'a> {
    runtime: &'a Runtime,
    test: Test,
    search: &'a Search,
    /// The last passes of each kind, but for the one that the runtime has.
    resting: Vec<Pass>,
    /// Whether releases and ends of threads are steps of their own: once a program needs them to be, in all passes.
    fine_grained: bool,
    /// The most executions that the passes of this bound are run up to.
    most: u64,
}

/// What one pass has searched, or several one after the other.
struct Searched {
    ended: Ended,
    /// The bound left nothing out.
    exhaustive: bool,
    /// By which limits something was left out.
    limits: Limits,
}

impl Searched {
    /// And then another pass, which allows more.
    fn then(self, next: Searched) -> Self {
        Searched {
            ended: next.ended,
            exhaustive: self.exhaustive && next.exhaustive,
            limits: self.limits.union(next.limits),
        }
    }
}

/// How a pass ended.
enum Ended {
    /// Every execution was tried.
    Complete,
    /// The budget is used up.
    Truncated,
    Stopped(Stop),
    /// The program turned out to need finer steps: all over again.
    Refine,
}

impl Run<'_> {
    fn deepen(mut self) -> Outcome {
        let most = self.search.preemptions;
        let mut bound = 0;
        // What is proved, once it is enough.
        let mut enough = None;
        loop {
            self.most = self.search.executions_up_to(bound);
            let Searched { ended, exhaustive, limits } = self.with_bound(bound);
            let executions = self.executions();
            let coverage = |complete| Coverage {
                executions,
                preemptions: bound as u64,
                complete,
                exhaustive: complete && exhaustive,
                limits,
                sampling: None,
            };
            match ended {
                Ended::Refine => {
                    self.fine_grained = true;
                    self.resting.clear();
                    bound = 0;
                    enough = None;
                }
                Ended::Stopped(Stop::Failed(failure)) => {
                    let failure = self.simplest(failure, bound);
                    self.runtime.hand_over(&failure);
                    return Outcome::Failed(failure);
                }
                Ended::Stopped(Stop::Unsupported(unsupported)) => return Outcome::Unsupported(unsupported),
                Ended::Stopped(Stop::Internal(error)) => return Outcome::Internal(error),
                Ended::Stopped(Stop::Diverged(_)) => unreachable!("no schedule is followed here"),
                Ended::Truncated => {
                    let proved = enough.map(|proved| Coverage { executions, ..proved });
                    return Outcome::Passed(proved.unwrap_or_else(|| coverage(false)));
                }
                Ended::Complete if exhaustive => {
                    // All there is: whatever the bound that was asked for.
                    let preemptions = most.unwrap_or(bound) as u64;
                    return Outcome::Passed(Coverage { preemptions, ..coverage(true) });
                }
                Ended::Complete if Some(bound) == most => return Outcome::Passed(coverage(true)),
                Ended::Complete => {
                    enough = self.search.is_enough(bound).then(|| coverage(true));
                    bound += 1;
                }
            }
        }
    }

    /// Searches all executions with up to `bound` preemptions, the simpler ones first: those without anything
    /// spurious in which every load reads the newest value.
    fn with_bound(&mut self, bound: usize) -> Searched {
        let mut searched = self.pass(bound, 0, false);
        let spurious = self.search.spurious;
        if matches!(searched.ended, Ended::Complete) && spurious > 0 && self.chances().spurious {
            searched = searched.then(self.pass(bound, spurious, false));
        }
        if matches!(searched.ended, Ended::Complete) && self.chances().stale {
            searched = searched.then(self.pass(bound, spurious, true));
        }
        searched
    }

    /// A failure that needs a stale value is hard to understand. Often the same mistake fails
    /// without, with a few more preemptions: then that is the better explanation.
    fn simplest(&mut self, failure: Box<Failure>, bound: usize) -> Box<Failure> {
        if !failure.schedule.stale {
            return failure;
        }
        self.most = self.search.executions;
        for bound in bound + 1..=self.search.preemptions.unwrap_or(bound + 3) {
            for spurious in [0, self.search.spurious] {
                let Searched { ended, exhaustive, .. } = self.pass(bound, spurious, false);
                match ended {
                    Ended::Stopped(Stop::Failed(simpler)) => return simpler,
                    Ended::Complete if !exhaustive => {}
                    Ended::Complete | Ended::Truncated | Ended::Refine | Ended::Stopped(_) => return failure,
                }
            }
        }
        failure
    }

    fn executions(&self) -> u64 {
        self.runtime.state.borrow().totals.executions
    }

    fn chances(&self) -> Chances {
        self.runtime.state.borrow().totals.chances
    }

    /// Searches what one more preemption allows than the last pass of the same kind, or everything in the first one.
    fn pass(&mut self, bound: usize, spurious: u32, stale: bool) -> Searched {
        let modes = Modes { spurious, stale, fine_grained: self.fine_grained };
        let ended = match self.prepare(modes, bound) {
            true => self.executions_of_pass(),
            false => Ended::Complete,
        };
        let pass = &self.runtime.state.borrow().pass;
        let is_complete = matches!(ended, Ended::Complete);
        let ended = if is_complete && pass.strategy.is_cut() { Ended::Truncated } else { ended };
        Searched { ended, exhaustive: !pass.truncated, limits: pass.limits }
    }

    /// Gives the runtime a pass with this bound. Returns whether there is something to search in it.
    fn prepare(&mut self, modes: Modes, bound: usize) -> bool {
        let room = self.search.room(bound);
        let is_very_first = self.executions() == 0;
        let pass = &mut self.runtime.state.borrow_mut().pass;
        if !modes.are_those_of(pass) {
            let known = self.resting.iter().position(|pass| modes.are_those_of(pass));
            let wanted = known.map(|index| self.resting.swap_remove(index));
            let is_first = wanted.is_none();
            let wanted = wanted.unwrap_or_else(|| modes.pass(bound, self.search.remember, room));
            self.resting.push(mem::replace(pass, wanted));
            if is_first {
                return true;
            }
        }
        if pass.allowance.preemptions == bound {
            // Else it is complete.
            return is_very_first;
        }
        pass.allowance.preemptions = bound;
        pass.truncated = false;
        pass.strategy.deepen(room)
    }

    fn executions_of_pass(&self) -> Ended {
        loop {
            if self.executions() >= self.most {
                return Ended::Truncated;
            }
            if let Some(stop) = self.runtime.next_execution(&self.test) {
                return Ended::Stopped(stop);
            }
            let mut state = self.runtime.state.borrow_mut();
            if state.totals.needs_fine_grained && !self.fine_grained {
                return Ended::Refine;
            }
            if !state.pass.strategy.advance() {
                return Ended::Complete;
            }
        }
    }
}
