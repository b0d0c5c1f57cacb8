use super::Strategy;
use crate::explore::path::{Diverged, Path, Schedule};
use crate::explore::visited::{Step, Visited};

/// The execution of a schedule, and then those that an exhaustive search has after it: the search has found the
/// schedule's failure first, and smaller ones may follow.
#[derive(Debug)]
pub(crate) struct Smaller {
    path: Path,
    /// `None`: states are not recognised.
    visited: Option<Visited>,
}

impl Smaller {
    /// With `remember`, states are recognised.
    pub(crate) fn than(schedule: &Schedule, remember: bool) -> Self {
        Smaller { path: Path::of(&schedule.choices), visited: remember.then(Visited::default) }
    }
}

impl Strategy for Smaller {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || 0)
    }

    fn recognises_steps(&self) -> bool {
        self.visited.is_some() && !self.path.is_repeating()
    }

    fn choose_step(&mut self, steps: &[Step]) -> Option<usize> {
        let known = self.visited.as_mut().map(|visited| visited.known(steps)).unwrap_or_default();
        self.path.choose_unknown(steps.len(), known)
    }

    fn advance(&mut self) -> bool {
        self.path.backtrack()
    }

    fn is_prescribed(&self) -> bool {
        true
    }
}
