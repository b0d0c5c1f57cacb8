use super::Strategy;
use crate::explore::path::{Diverged, Path};
use crate::explore::state::MAX_THREADS_OF_SEARCH;

/// Every execution: a depth-first search through the tree of choices, without memory of whole states
/// (Godefroid, "Model Checking for Programming Languages using VeriSoft", POPL 1997).
#[derive(Debug, Default)]
pub(crate) struct Exhaustive {
    path: Path,
}

impl Strategy for Exhaustive {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || 0)
    }

    fn advance(&mut self) -> bool {
        self.path.backtrack()
    }

    fn most_threads(&self) -> usize {
        MAX_THREADS_OF_SEARCH
    }
}
