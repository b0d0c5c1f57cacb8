use super::Strategy;
use crate::explore::path::{Diverged, Path, Schedule};

/// The execution of a schedule, and then those that an exhaustive search has after it: the search has found the
/// schedule's failure first, and smaller ones may follow.
#[derive(Debug)]
pub(crate) struct Smaller {
    path: Path,
}

impl Smaller {
    pub(crate) fn than(schedule: &Schedule) -> Self {
        Smaller { path: Path::of(&schedule.choices) }
    }
}

impl Strategy for Smaller {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || 0)
    }

    fn advance(&mut self) -> bool {
        self.path.backtrack()
    }

    fn is_prescribed(&self) -> bool {
        true
    }
}
