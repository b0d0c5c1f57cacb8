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
use super::state::MAX_THREADS;

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

    /// Goes on to the next execution. `false`: there is none.
    fn advance(&mut self) -> bool;

    /// Whether the choices come from a schedule, which the program need not be able to follow.
    fn is_prescribed(&self) -> bool {
        false
    }

    /// How executions are drawn. `None`: they are not.
    fn sampling(&self) -> Option<Sampling> {
        None
    }

    /// The most threads that can be alive at once, the test's own included.
    fn most_threads(&self) -> usize {
        MAX_THREADS
    }
}
