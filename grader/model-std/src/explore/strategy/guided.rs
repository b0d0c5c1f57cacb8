use super::Strategy;
use crate::explore::path::{Choice, Diverged, Path};

/// One execution, by choices that need not fit: one that has no such alternative takes the first, and so do all after
/// the last one.
#[derive(Debug)]
pub(crate) struct Guided {
    path: Path,
    choices: Vec<Choice>,
}

impl Guided {
    pub(crate) fn by(choices: Vec<Choice>) -> Self {
        Guided { path: Path::default(), choices }
    }
}

impl Strategy for Guided {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        let wanted = self.choices.get(self.path.taken().len()).map_or(0, |choice| choice.taken);
        let fits = usize::from(wanted) < options;
        self.path.choose(options, || if fits { wanted } else { 0 })
    }

    fn advance(&mut self) -> bool {
        false
    }

    fn is_prescribed(&self) -> bool {
        true
    }
}
