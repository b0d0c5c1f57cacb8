//! Runs a test in loom, for harnesses.

use core::mem::size_of;
use core::sync::atomic::Ordering;
use real::panic::AssertUnwindSafe;
use real::rc::Rc;
use real::sync::Arc;

pub use model_trace::{Call, LoomFailure, Opinion, Tried};

use corosensei::on_stack;
use corosensei::stack::DefaultStack;

use crate::run::{self, AtOnce};

/// loom's own bound on the steps of one execution. The default, 1,000, is less than a check on a history takes.
const BRANCHES: usize = 10_000;

/// How far to go.
#[derive(Clone)]
pub struct Search {
    /// The bound on preemptions, as loom counts them. `None`: without a bound.
    pub preemptions: Option<usize>,
    /// The most executions, over all bounds.
    pub executions: u64,
    at_once: Option<AtOnce>,
    shown: Option<fn() -> bool>,
}

impl Search {
    /// A search up to these limits.
    #[must_use]
    pub fn new(preemptions: Option<usize>, executions: u64) -> Self {
        Search { preemptions, executions, at_once: None, shown: None }
    }

    /// Hands the opinion to `sink` as soon as there is one other than that the test passes: before anything of
    /// the program unwinds.
    #[must_use]
    pub fn at_once(self, sink: impl Fn(&Opinion) + 'static) -> Self {
        Search { at_once: Some(Rc::new(sink)), ..self }
    }

    /// Fails unless `shown` says at the end that some execution has shown what must be possible.
    #[must_use]
    pub fn expects(self, shown: fn() -> bool) -> Self {
        Search { shown: Some(shown), ..self }
    }

    /// Runs `test` in loom.
    ///
    /// The bound deepens: 1, 2, and so on, so that a failure that needs few preemptions is found soon, although
    /// loom goes depth first.
    pub fn run(&self, test: impl Fn() + Send + Sync + 'static) -> Opinion {
        run::install_hook();
        let test = Arc::new(test);
        run::within(self.at_once.clone(), || {
            let last = self.preemptions.unwrap_or(3);
            let bounds = (1.min(last)..=last).map(Some);
            for bound in bounds.chain(self.preemptions.is_none().then_some(None)) {
                let test = Arc::clone(&test);
                if let Some(opinion) = self.within_bound(bound, move || test()) {
                    return opinion;
                }
            }
            if self.shown.is_some_and(|shown| !shown()) {
                return run::never_happens();
            }
            Opinion::Passed { tried: run::tried() }
        })
    }

    /// Searches up to one bound. `None`: nothing fails.
    fn within_bound(&self, bound: Option<usize>, test: impl Fn() + Send + Sync + 'static) -> Option<Opinion> {
        run::begin_search(bound);
        let left = self.executions.saturating_sub(run::tried().executions);
        let ran = real::panic::catch_unwind(AssertUnwindSafe(|| {
            builder(bound, left).check(move || execute(&test));
        }));
        if let Some(opinion) = run::opinion() {
            return Some(opinion);
        }
        if let Err(payload) = ran {
            // What panics in a run is noted by the hook, but for what `resume_unwind` passes on.
            run::fail_by(&*payload);
            return run::opinion();
        }
        (run::tried().executions >= self.executions).then(|| Opinion::Cut { tried: run::tried() })
    }
}

fn builder(bound: Option<usize>, executions: u64) -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.max_threads = loom::MAX_THREADS;
    builder.max_branches = BRANCHES;
    // loom looks at the number of executions at every checkpoint alone, and before it runs the next one.
    builder.checkpoint_interval = 1;
    builder.max_permutations = usize::try_from(executions.saturating_add(1)).ok();
    builder.max_duration = None;
    builder.preemption_bound = bound;
    builder.checkpoint_file = None;
    builder.location = false;
    builder.log = false;
    builder
}

/// Marks the beginning or the end of a call that a test observes from outside, as in a history. Without it loom
/// does not explore the order of calls that have nothing to do with each other. Outside of a run it does nothing.
///
/// It is an addition to a counter that all marks share: a step that depends on every other one. What comes before it
/// happens before what follows later marks if `orders` says so.
pub fn mark(orders: bool) {
    let order = if orders { Ordering::AcqRel } else { Ordering::Relaxed };
    if let Some(clock) = run::clock() {
        run::switching(|| clock.fetch_add(1, order));
    }
}

/// In the model it returns when every other thread waits. loom lets no program ask for that.
#[track_caller]
pub fn until_others_wait() {
    run::not_expressible("until_others_wait", "loom does not say when all other threads wait")
}

/// The stack of a test, in bytes: as much as the threads that it starts have.
const STACK: usize = size_of::<usize>() * crate::thread::STACK;

fn execute(test: &dyn Fn()) {
    run::begin_execution();
    // loom gives the first thread 32 KiB, whatever it asks for: the search for the order of a long history needs more.
    let ran = match DefaultStack::new(STACK) {
        Ok(stack) => on_stack(stack, || real::panic::catch_unwind(AssertUnwindSafe(test))),
        Err(_) => real::panic::catch_unwind(AssertUnwindSafe(test)),
    };
    if let Err(payload) = ran {
        run::fail_by(&*payload);
        real::panic::resume_unwind(payload);
    }
}
