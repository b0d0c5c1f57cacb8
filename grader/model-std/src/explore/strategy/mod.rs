//! Strategies: in which order executions are tried.
//!
//! - [`Exhaustive`]: all of them. [`Sampled`]: some, which are drawn by [`pct`], [`pos`] or [`walk`]
//! - [`Replay`]: one again. [`Smaller`], [`Guided`]: those near to one that failed. [`Uniform`]: any

mod contender;
mod exhaustive;
mod guided;
mod pct;
mod pos;
mod random;
mod replay;
mod sampled;
mod smaller;
mod uniform;
mod walk;

use core::fmt::Debug;

use model_trace::Sampling;

pub(crate) use contender::{Contender, Subject};
pub(crate) use exhaustive::Exhaustive;
pub(crate) use guided::Guided;
pub(crate) use replay::Replay;
pub(crate) use sampled::Sampled;
pub(crate) use smaller::Smaller;
pub(crate) use uniform::Uniform;

use super::path::{Diverged, Path};
use super::visited::Step;

/// Decides which choices an execution makes, and which execution comes next.
pub(crate) trait Strategy: Debug {
    /// The choices of the running execution.
    fn path(&self) -> &Path;

    /// Takes one of `options` alternatives, of which there are at least two.
    ///
    /// # Errors
    /// If this choice is to be repeated, and had another number of alternatives.
    fn choose(&mut self, options: usize) -> Result<usize, Diverged>;

    /// Takes one of `options` inputs of the test, of which there are at least two.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    fn choose_input(&mut self, options: usize) -> Result<usize, Diverged> {
        self.choose(options)
    }

    /// Takes one of those that could take the next step, of which there is at least one. Asked at every step where
    /// executions are drawn, and nowhere else.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    fn choose_thread(&mut self, contenders: &[Contender]) -> Result<usize, Diverged> {
        if contenders.len() == 1 { Ok(0) } else { self.choose(contenders.len()) }
    }

    /// Whether it asks which step each alternative leads to, at the next choice of the thread that goes on. It does where
    /// it may have searched what follows.
    fn recognises_steps(&self) -> bool {
        false
    }

    /// Takes one of several steps, of which there are at least two, where it recognises them. `None`: what follows any of
    /// them is, or will be, searched elsewhere.
    fn choose_step(&mut self, _steps: &[Step]) -> Option<usize> {
        Some(0)
    }

    /// Takes the first of `options` alternatives, where the bound on preemptions allows none of the others. They lead to
    /// these `steps`, where it recognises steps.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    fn postpone(&mut self, _options: usize, _steps: &[Step]) -> Result<(), Diverged> {
        Ok(())
    }

    /// Goes on to the next execution. `false`: there is none.
    fn advance(&mut self) -> bool;

    /// Goes on to the first execution of those that it has postponed, as one more preemption is allowed now, and keeps up
    /// to `room` of those that take yet another one. `false`: there are none.
    fn deepen(&mut self, _room: usize) -> bool {
        false
    }

    /// Whether executions of this pass are left out, because the one before had to postpone more than it could keep.
    fn is_cut(&self) -> bool {
        false
    }

    /// Whether the choices come from a schedule, which the program need not be able to follow.
    fn is_prescribed(&self) -> bool {
        false
    }

    /// How executions are drawn. `None`: they are not.
    fn sampling(&self) -> Option<Sampling> {
        None
    }
}
