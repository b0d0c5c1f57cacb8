use super::Strategy;
use crate::explore::path::{Diverged, Path, Schedule};

/// One execution, by its schedule. After the schedule's last choice, each is the first alternative.
#[derive(Debug)]
pub(crate) struct Replay {
    path: Path,
}

impl Replay {
    pub(crate) fn of(schedule: &Schedule) -> Self {
        Replay { path: Path::of(&schedule.choices) }
    }
}

impl Strategy for Replay {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || 0)
    }

    fn advance(&mut self) -> bool {
        false
    }

    fn is_prescribed(&self) -> bool {
        true
    }
}
