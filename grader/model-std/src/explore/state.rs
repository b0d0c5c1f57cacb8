//! What the explorer knows, by how long it lives: the settings and totals of a search, one pass of it, and the
//! running execution.

use core::panic::Location;
use real::boxed::Box;
use real::vec::Vec;

use model_trace::{Coverage, Limit, Limits};

use super::execution::Execution;
use super::merge::Merge;
use super::outcome::{Failure, InternalError, Unsupported};
use super::replay::Divergence;
use super::scheduler::Candidates;
use super::strategy::Strategy;

/// The most threads that can be alive at once, the test's own included.
pub const MAX_THREADS: usize = 64;

/// Stands for any number of preemptions, which schedules have that are drawn.
pub(super) const UNBOUNDED: usize = usize::MAX;

/// The state of the explorer.
#[derive(Debug)]
pub(crate) struct State {
    /// Begins anew with every execution.
    pub(crate) execution: Execution,
    /// Begins anew with every pass.
    pub(super) pass: Pass,
    /// Adds up over a search.
    pub(super) totals: Totals,
    settings: Settings,
    /// Those of the last step: a list to use again.
    pub(super) candidates: Candidates,
}

/// What a search is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The most threads that can be alive at once, the test's own included.
    pub(super) threads: usize,
    /// The most steps of one execution.
    pub(super) steps: usize,
    /// The most that happens spuriously in one execution: a pass allows as much, or nothing.
    pub(super) spurious: u32,
    /// Whether steps are recorded.
    pub(super) record: bool,
    /// Called in the thread that fails, where it fails.
    pub(super) at_failure: Option<fn()>,
    /// What is left out of the states that are remembered.
    pub(super) merges: Option<Merge>,
    /// Where the search was asked for: a test that fails before its first step fails there.
    pub(super) caller: &'static Location<'static>,
}

/// One pass through the interleavings: what may happen in them, and which of them are left.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(super) allowance: Allowance,
    pub(super) strategy: Box<dyn Strategy>,
    /// An alternative was left out because of the bound on preemptions.
    pub(super) truncated: bool,
    /// Other limits because of which alternatives were left out.
    pub(super) limits: Limits,
}

/// What may happen in the executions of a pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// The most preemptions.
    pub(super) preemptions: usize,
    /// How many waits may end spuriously, and weak exchanges fail spuriously.
    pub(super) spurious: u32,
    /// Whether loads may read stale values.
    pub(super) stale: bool,
    /// Whether releasing a lock and ending a thread are steps of their own. They need to be only if the
    /// program looks at locks without waiting for them.
    pub(super) fine_grained: bool,
}

impl Allowance {
    /// Whether executions are drawn, or one that was is run again: then everything may happen at any time, and the
    /// strategy alone sees to it that threads get their turn.
    pub(super) fn is_sampled(&self) -> bool {
        self.preemptions == UNBOUNDED
    }
}

/// What adds up over the executions of a search.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(super) executions: u64,
    pub(super) chances: Chances,
    /// The program looks at locks, or at threads, without waiting for them.
    pub(super) needs_fine_grained: bool,
}

/// What could have happened, in any execution so far, had it been allowed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chances {
    /// A wait could have ended spuriously.
    pub(super) spurious: bool,
    /// A load could have read a stale value.
    pub(super) stale: bool,
}

/// Why an execution stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed(Box<Failure>),
    Unsupported(Unsupported),
    /// The explorer has panicked.
    Internal(InternalError),
    /// Only where the choices come from a schedule.
    Diverged(Divergence),
}

impl Pass {
    pub(super) fn new(allowance: Allowance, strategy: impl Strategy + 'static) -> Self {
        Pass { allowance, strategy: Box::new(strategy), truncated: false, limits: Limits::NONE }
    }
}

impl State {
    pub(super) fn new(settings: Settings, pass: Pass) -> Self {
        State {
            execution: Execution::none(),
            pass,
            totals: Totals::default(),
            settings,
            candidates: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Gets ready for the next execution.
    pub(super) fn begin(&mut self, epoch: u32) {
        self.totals.executions += 1;
        self.execution.begin(epoch, self.pass.allowance.spurious);
    }

    /// What has been covered so far, where not everything is.
    pub(super) fn covered(&self) -> Coverage {
        let (preemptions, limits) = match self.pass.allowance.is_sampled() {
            true => (self.execution.preemptions, Limits::NONE),
            false => (self.pass.allowance.preemptions, self.pass.limits),
        };
        Coverage {
            executions: self.totals.executions,
            preemptions: preemptions as u64,
            complete: false,
            exhaustive: false,
            limits,
            sampling: self.pass.strategy.sampling(),
        }
    }

    /// An alternative is left out because of a limit. Where all that can follow is known already, none is.
    pub(super) fn leave_out(&mut self, limit: Limit) {
        if !self.execution.pruned {
            self.pass.limits.insert(limit);
        }
    }

    /// Something could happen spuriously now. Whether it may, in this pass.
    pub(super) fn has_spurious_chance(&mut self) -> bool {
        self.totals.chances.spurious = true;
        let left = self.execution.spurious > 0;
        // Where a pass allows none, another one follows that does.
        if !left && self.pass.allowance.spurious == self.settings.spurious {
            self.leave_out(Limit::Spurious);
        }
        left
    }

    /// The program looks at locks, or at threads, without waiting for them: releases and ends have to be steps. Whether
    /// they are none in this execution, which is of no use then: the search begins again.
    pub(super) fn is_too_coarse(&mut self) -> bool {
        self.totals.needs_fine_grained = true;
        let too_coarse = !self.is_fine_grained() && !self.pass.strategy.is_prescribed();
        self.execution.over |= too_coarse;
        too_coarse
    }

    /// Whether a release is a step of its own.
    pub(super) fn is_fine_grained(&self) -> bool {
        self.pass.allowance.fine_grained
    }
}
