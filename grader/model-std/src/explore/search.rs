//! A search, as it is asked for.

use core::panic::Location;
use real::boxed::Box;
use real::fmt;
use real::sync::{Mutex, MutexGuard, PoisonError};

use super::crash::InternalErrorSink;
use super::merge::Merge;
use super::outcome::{Failure, InternalError};
use super::runtime::{FailureSink, Sinks, try_with_runtime};
use super::state::{MAX_THREADS, Settings};
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
    /// The bound that has to be searched, within `executions`. A search that has done that ends with the last bound that it
    /// has completed when `deepening` executions are run: it was not cut short. `None`: `preemptions`.
    pub least: Option<usize>,
    /// The most executions, over all bounds.
    pub executions: u64,
    /// The most executions that are run for a greater bound than `least`, with those before.
    pub deepening: u64,
    /// The most threads that can be alive at once, that of the test among them. Up to [`MAX_THREADS`].
    /// All interleavings of more than the default are seldom within reach. [`Search::sample`] and
    /// [`Search::replay`] take as many as there can be.
    pub threads: usize,
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
    /// Up to 3 preemptions, 100,000 executions, 5 threads, 5,000 steps and one spurious wakeup.
    fn default() -> Self {
        Search {
            preemptions: Some(3),
            least: None,
            executions: 100_000,
            deepening: u64::MAX,
            threads: 5,
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
            .field("least", &self.least)
            .field("executions", &self.executions)
            .field("deepening", &self.deepening)
            .field("threads", &self.threads)
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

    /// How much a pass with this bound keeps for the next one. Each takes an execution at least, unless it is reached
    /// with fewer preemptions.
    pub(super) fn room(&self, bound: usize) -> usize {
        if self.preemptions == Some(bound) {
            0
        } else {
            usize::try_from(self.executions).unwrap_or(usize::MAX)
        }
    }

    /// The most executions over all bounds up to this one.
    pub(super) fn executions_up_to(&self, bound: usize) -> u64 {
        match self.least {
            Some(least) if least < bound => self.executions.min(self.deepening),
            _ => self.executions,
        }
    }

    /// Whether it is enough to have searched this bound.
    pub(super) fn is_enough(&self, bound: usize) -> bool {
        self.least.is_some_and(|least| least <= bound)
    }

    /// What holds for all executions of the search.
    #[track_caller]
    pub(super) fn settings(&self) -> Settings {
        Settings {
            threads: self.threads.min(MAX_THREADS),
            steps: self.steps,
            spurious: self.spurious,
            record: self.record,
            at_failure: self.at_failure,
            merges: self.merges,
            caller: Location::caller(),
        }
    }
}
