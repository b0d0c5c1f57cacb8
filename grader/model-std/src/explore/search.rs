//! The search: executions one after the other, with a bound on preemptions that deepens.

use real::boxed::Box;
use real::fmt;
use real::sync::{Arc, Mutex, PoisonError};

use super::outcome::{Failure, Outcome};
use super::panics;
use super::runtime::{FailureSink, Runtime};
use super::state::{Limits, State, Stop};
use model_trace::Coverage;

/// A search through the interleavings of a test.
///
/// Executions with fewer preemptions come first: "Iterative Context Bounding" (Musuvathi and
/// Qadeer, PLDI 2007). A preemption is a switch away from a thread that could have gone on. So the
/// first failure is one with the fewest preemptions. If it needs a load that reads an outdated value,
/// a failure that needs none is preferred, even if that takes more preemptions.
pub struct Search {
    /// The most preemptions in one execution. `None`: any number.
    pub preemptions: Option<usize>,
    /// The most executions, over all bounds.
    pub executions: u64,
    /// The most steps of one execution. One that takes more has failed: it makes no progress.
    pub steps: usize,
    /// How many waits may end for no reason, and weak exchanges fail for no reason, in one execution.
    pub spurious: u32,
    /// Whether operations are recorded. Without it, a failure has no trace.
    pub record: bool,
    /// Whether the search recognises the states that it has met before. Without it, it takes longer
    /// and finds the same: for tests of the search itself.
    pub remember: bool,
    /// Gets a failure as soon as it is known, before any thread unwinds. See [`Search::on_failure`].
    pub on_failure: Option<Box<FailureSink>>,
    /// Called by [`Search::replay`] in the thread that fails, on its stack: the place to wait for a debugger.
    pub at_failure: Option<fn()>,
}

impl Default for Search {
    /// Up to 3 preemptions, 100,000 executions, 5,000 steps and one spurious wake-up.
    fn default() -> Self {
        Search {
            preemptions: Some(3),
            executions: 100_000,
            steps: 5_000,
            spurious: 1,
            record: true,
            remember: true,
            on_failure: None,
            at_failure: None,
        }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search")
            .field("preemptions", &self.preemptions)
            .field("executions", &self.executions)
            .field("steps", &self.steps)
            .field("spurious", &self.spurious)
            .field("record", &self.record)
            .field("remember", &self.remember)
            .finish_non_exhaustive()
    }
}

/// One search at a time: the objects of statics are shared by all of them.
pub(super) static SEARCHES: Mutex<()> = Mutex::new(());

impl Search {
    /// Calls `sink` with a failure as soon as it is known, before any thread unwinds.
    #[must_use]
    pub fn on_failure(mut self, sink: impl Fn(&Failure) + 'static) -> Self {
        self.on_failure = Some(Box::new(sink));
        self
    }

    /// Runs `test` in every interleaving that the limits allow, until one fails.
    ///
    /// # Panics
    /// Inside of another search.
    pub fn run<F: Fn() + Send + Sync + 'static>(self, test: F) -> Outcome {
        let _alone = SEARCHES.lock().unwrap_or_else(PoisonError::into_inner);
        panics::install_hook();
        let Search { preemptions, executions, steps, spurious, record, remember, on_failure, at_failure: _ } =
            self;
        let mut state = State::new(Limits { steps, spurious, outdated: true }, record);
        state.visited.enabled = remember;
        let runtime = Runtime::new(state, on_failure);
        let test = Arc::new(test);
        runtime.enter(|| Run { runtime: &runtime, test, budget: executions, spurious }.deepen(preemptions))
    }
}

struct Run<'a, F> {
    runtime: &'a Runtime,
    test: Arc<F>,
    budget: u64,
    spurious: u32,
}

/// How the search with one bound ended.
enum Pass {
    /// Every path was taken.
    Complete,
    /// The budget is used up.
    CutShort,
    Stopped(Stop),
    /// The program turned out to need finer steps: all over again.
    Refine,
}

/// What may happen in the executions of a pass, besides switches of threads.
#[derive(Clone, Copy)]
struct Allowance {
    /// How many waits may end, and weak exchanges fail, for no reason.
    spurious: u32,
    /// Whether loads may read values that are not the newest.
    outdated: bool,
}

impl<F: Fn() + Send + Sync + 'static> Run<'_, F> {
    fn deepen(&self, most: Option<usize>) -> Outcome {
        let mut bound = 0;
        loop {
            let (pass, exhaustive) = self.with_bound(bound);
            let executions = self.executions();
            let coverage = |complete| Coverage {
                executions,
                preemptions: bound as u64,
                complete,
                exhaustive: complete && exhaustive,
            };
            match pass {
                Pass::Refine => bound = 0,
                Pass::Stopped(Stop::Failed(failure)) => {
                    let failure = self.simplest(failure, bound, most);
                    self.runtime.hand_over(&failure);
                    return Outcome::Failed(Box::new(failure));
                }
                Pass::Stopped(Stop::Unsupported(unsupported)) => return Outcome::Unsupported(unsupported),
                Pass::Stopped(Stop::Diverged(_)) => unreachable!("nothing is replayed here"),
                Pass::CutShort => return Outcome::Passed(coverage(false)),
                Pass::Complete if exhaustive => {
                    // All there is: whatever the bound that was asked for.
                    let preemptions = most.unwrap_or(bound);
                    return Outcome::Passed(Coverage { preemptions: preemptions as u64, ..coverage(true) });
                }
                Pass::Complete if Some(bound) == most => return Outcome::Passed(coverage(true)),
                Pass::Complete => bound += 1,
            }
        }
    }

    /// Searches all executions with up to `bound` preemptions, the simpler ones first: without
    /// anything that happens for no reason, and with every load reading the newest value. Returns
    /// also whether the bound left nothing out.
    fn with_bound(&self, bound: usize) -> (Pass, bool) {
        let mut exhaustive = true;
        let mut pass = self.pass(bound, Allowance { spurious: 0, outdated: false }, &mut exhaustive);
        if matches!(pass, Pass::Complete) && self.spurious > 0 && self.runtime.state.borrow().chances.spurious
        {
            pass = self.pass(bound, Allowance { spurious: self.spurious, outdated: false }, &mut exhaustive);
        }
        if matches!(pass, Pass::Complete) && self.runtime.state.borrow().chances.outdated {
            pass = self.pass(bound, Allowance { spurious: self.spurious, outdated: true }, &mut exhaustive);
        }
        (pass, exhaustive)
    }

    /// A failure that needs an outdated value is hard to understand. Often the same mistake fails
    /// without, with a few more preemptions: then that is the better explanation.
    fn simplest(&self, failure: Failure, bound: usize, most: Option<usize>) -> Failure {
        if !self.runtime.state.borrow().limits.outdated {
            return failure;
        }
        for bound in bound + 1..=most.unwrap_or(bound + 3) {
            for spurious in [0, self.spurious] {
                let mut exhaustive = true;
                match self.pass(bound, Allowance { spurious, outdated: false }, &mut exhaustive) {
                    Pass::Stopped(Stop::Failed(simpler)) => return simpler,
                    Pass::Complete if !exhaustive => {}
                    Pass::Complete | Pass::CutShort | Pass::Refine | Pass::Stopped(_) => return failure,
                }
            }
        }
        failure
    }

    fn executions(&self) -> u64 {
        self.runtime.state.borrow().executions
    }

    fn pass(&self, bound: usize, allowance: Allowance, exhaustive: &mut bool) -> Pass {
        {
            let mut state = self.runtime.state.borrow_mut();
            state.bound = bound;
            state.limits.spurious = allowance.spurious;
            state.limits.outdated = allowance.outdated;
            state.bounded = false;
            state.path.clear();
            state.visited.clear();
        }
        let pass = self.executions_of_pass();
        *exhaustive &= !self.runtime.state.borrow().bounded;
        pass
    }

    fn executions_of_pass(&self) -> Pass {
        loop {
            if self.executions() >= self.budget {
                return Pass::CutShort;
            }
            if let Some(stop) = self.runtime.next_execution(&self.test) {
                return Pass::Stopped(stop);
            }
            let mut state = self.runtime.state.borrow_mut();
            if state.wants_fine && !state.fine {
                state.fine = true;
                return Pass::Refine;
            }
            if !state.path.advance() {
                return Pass::Complete;
            }
        }
    }
}
