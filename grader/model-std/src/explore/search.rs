//! The search: executions one after the other, with a bound on preemptions that deepens.

use core::mem;
use core::panic::Location;
use real::boxed::Box;
use real::fmt;
use real::sync::{Arc, Mutex, MutexGuard, PoisonError};
use real::vec::Vec;

use model_trace::{Coverage, Limits};

use super::crash::InternalErrorSink;
use super::merge::Merge;
use super::outcome::{Failure, InternalError, Outcome};
use super::runtime::{FailureSink, Runtime, Sinks, Test, try_with_runtime};
use super::state::{Allowance, Chances, Pass, Settings, State, Stop};
use super::strategy::Exhaustive;
use super::{fatal, hook};

/// A search through the interleavings of a test.
///
/// Executions with fewer preemptions come first: "Iterative Context Bounding" (Musuvathi and
/// Qadeer, PLDI 2007). A preemption is a switch away from a thread that could have gone on. So the
/// first failure is one with the fewest preemptions. If it needs a load that reads a stale value,
/// a failure that needs none is preferred, even if that takes more preemptions.
///
/// ```
/// use model_std::model::{Cause, Outcome, Search};
/// use model_std::sync::Arc;
/// use model_std::sync::atomic::{AtomicU32, Ordering};
/// use model_std::thread;
///
/// // Two threads add one each, by a load and a store.
/// let lost_update = || {
///     let count = Arc::new(AtomicU32::new(0));
///     let theirs = Arc::clone(&count);
///     let add = |count: &AtomicU32| count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
///     let thread = thread::spawn(move || add(&theirs));
///     add(&count);
///     thread.join().unwrap();
///     assert_eq!(count.load(Ordering::SeqCst), 2, "an update is lost");
/// };
///
/// let search = Search { preemptions: Some(2), ..Search::default() };
/// let Outcome::Failed(failure) = search.run(lost_update) else { panic!("some interleaving loses an update") };
/// assert!(matches!(&failure.cause, Cause::Panic { message, .. } if message.contains("an update is lost")));
/// assert_eq!(failure.preemptions, 1);
/// // The interleaving, step by step.
/// println!("{failure}");
/// ```
pub struct Search {
    /// The most preemptions in one execution. `None`: any number.
    pub preemptions: Option<usize>,
    /// The most executions, over all bounds.
    pub executions: u64,
    /// The most steps of one execution. One that takes more has failed: it makes no progress (livelock).
    pub steps: usize,
    /// How many waits may end spuriously, and weak exchanges fail spuriously, in one execution.
    pub spurious: u32,
    /// Whether operations are recorded. Without it, a failure has no trace.
    pub record: bool,
    /// Whether the search recognises the states that it has met before. Without it, it takes longer
    /// and finds the same: for tests of the search itself.
    pub remember: bool,
    /// A fact that is left out of the states that are recognised, so that the search loses outcomes: for tests of those
    /// tests.
    #[doc(hidden)]
    pub merges: Option<Merge>,
    /// Gets a failure as soon as it is known, before any thread unwinds. See [`Search::on_failure`].
    pub on_failure: Option<Box<FailureSink>>,
    /// Gets the error if the explorer itself panics, before anything of the program unwinds. See
    /// [`Search::on_internal_error`].
    pub on_internal_error: Option<Box<InternalErrorSink>>,
    /// Called by [`Search::replay`] in the thread that fails, on its stack: the place to wait for a debugger.
    pub at_failure: Option<fn()>,
}

impl Default for Search {
    /// Up to 3 preemptions, 100,000 executions, 5,000 steps and one spurious wakeup.
    fn default() -> Self {
        Search {
            preemptions: Some(3),
            executions: 100_000,
            steps: 5_000,
            spurious: 1,
            record: true,
            remember: true,
            merges: None,
            on_failure: None,
            on_internal_error: None,
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
static SEARCHES: Mutex<()> = Mutex::new(());

/// Waits until no other search runs, and gets ready for one.
///
/// # Panics
/// Inside of a search, which would wait for itself.
#[track_caller]
pub(super) fn alone() -> MutexGuard<'static, ()> {
    assert!(try_with_runtime(|_| ()).is_none(), "a search inside of another search");
    let alone = SEARCHES.lock().unwrap_or_else(PoisonError::into_inner);
    hook::install();
    fatal::install();
    alone
}

impl Search {
    /// Calls `sink` with a failure as soon as it is known, before any thread unwinds.
    #[must_use]
    pub fn on_failure(mut self, sink: impl Fn(&Failure) + 'static) -> Self {
        self.on_failure = Some(Box::new(sink));
        self
    }

    /// Calls `sink` if the explorer itself panics, before anything of the program unwinds. What follows is of no use:
    /// better end the process.
    #[must_use]
    pub fn on_internal_error(mut self, sink: impl Fn(&InternalError) + 'static) -> Self {
        self.on_internal_error = Some(Box::new(sink));
        self
    }

    pub(super) fn sinks(&mut self) -> Sinks {
        Sinks { on_failure: self.on_failure.take(), on_internal_error: self.on_internal_error.take() }
    }

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
        let run = Run { runtime: &runtime, test, search: &self, resting: Vec::new(), fine_grained: false };
        runtime.enter(|| run.deepen()).unwrap_or_else(Outcome::Internal)
    }

    /// How much a pass with this bound keeps for the next one. Each takes an execution at least, unless it is reached
    /// with fewer preemptions.
    fn room(&self, bound: usize) -> usize {
        if self.preemptions == Some(bound) {
            0
        } else {
            usize::try_from(self.executions).unwrap_or(usize::MAX)
        }
    }

    /// What holds for all executions of the search.
    #[track_caller]
    pub(super) fn settings(&self) -> Settings {
        Settings {
            steps: self.steps,
            spurious: self.spurious,
            record: self.record,
            at_failure: self.at_failure,
            merges: self.merges,
            caller: Location::caller(),
        }
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
        loop {
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
                }
                Ended::Stopped(Stop::Failed(failure)) => {
                    let failure = self.simplest(failure, bound);
                    self.runtime.hand_over(&failure);
                    return Outcome::Failed(failure);
                }
                Ended::Stopped(Stop::Unsupported(unsupported)) => return Outcome::Unsupported(unsupported),
                Ended::Stopped(Stop::Internal(error)) => return Outcome::Internal(error),
                Ended::Stopped(Stop::Diverged(_)) => unreachable!("no schedule is followed here"),
                Ended::Truncated => return Outcome::Passed(coverage(false)),
                Ended::Complete if exhaustive => {
                    // All there is: whatever the bound that was asked for.
                    let preemptions = most.unwrap_or(bound) as u64;
                    return Outcome::Passed(Coverage { preemptions, ..coverage(true) });
                }
                Ended::Complete if Some(bound) == most => return Outcome::Passed(coverage(true)),
                Ended::Complete => bound += 1,
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
            if self.executions() >= self.search.executions {
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
