use super::Strategy;
use super::random::SplitMix;
use crate::explore::path::{Diverged, Path};

/// Any choice, all alternatives alike, and the same ones whenever the seed is the same. It has no end.
#[derive(Debug)]
pub(crate) struct Uniform {
    path: Path,
    seed: u64,
    /// How many executions there were before this one.
    number: u64,
    random: SplitMix,
}

impl Uniform {
    pub(crate) fn new(seed: u64) -> Self {
        Uniform { path: Path::default(), seed, number: 0, random: SplitMix::of(seed, 0) }
    }
}

impl Strategy for Uniform {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || self.random.index(options) as u8)
    }

    fn advance(&mut self) -> bool {
        self.number += 1;
        self.path = Path::default();
        self.random = SplitMix::of(self.seed, self.number);
        true
    }
}
