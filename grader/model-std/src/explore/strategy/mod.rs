//! Strategies: in which order executions are tried.

mod exhaustive;
mod replay;
mod sampled;
mod smaller;

use core::fmt::Debug;

pub(crate) use exhaustive::Exhaustive;
pub(crate) use replay::Replay;
pub(crate) use sampled::Sampled;
pub(crate) use smaller::Smaller;

use super::path::{Diverged, Path};

/// Decides which choices an execution makes, and which execution comes next.
pub(crate) trait Strategy: Debug {
    /// The choices of the running execution.
    fn path(&self) -> &Path;

    /// Takes one of `options` alternatives, of which there are at least two.
    ///
    /// # Errors
    /// If this choice is to be repeated, and had another number of alternatives.
    fn choose(&mut self, options: usize) -> Result<usize, Diverged>;

    /// Goes on to the next execution. `false`: there is none.
    fn advance(&mut self) -> bool;

    /// Whether the choices come from a schedule, which the program need not be able to follow.
    fn is_prescribed(&self) -> bool {
        false
    }
}
