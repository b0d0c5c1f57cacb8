use super::Strategy;
use crate::explore::path::{Diverged, Path};

/// A random walk: any choice, and the same ones whenever the seed is the same. It has no end.
#[derive(Debug)]
pub(crate) struct Sampled {
    path: Path,
    seed: u64,
    /// How many executions there were before this one.
    number: u64,
    random: SplitMix,
}

impl Sampled {
    pub(crate) fn new(seed: u64) -> Self {
        Sampled { path: Path::default(), seed, number: 0, random: SplitMix(seed) }
    }
}

impl Strategy for Sampled {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || self.random.below(options as u64))
    }

    fn advance(&mut self) -> bool {
        self.number += 1;
        self.path = Path::default();
        self.random = SplitMix(self.seed ^ self.number);
        true
    }
}

/// Random numbers (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit) as u8
    }
}
