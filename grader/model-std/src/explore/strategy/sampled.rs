use smallvec::SmallVec;

use model_trace::{Method, Sampling};

use super::Strategy;
use super::contender::Contender;
use super::pct::Pct;
use super::pos::Pos;
use super::random::SplitMix;
use super::walk::Walk;
use crate::explore::path::{Diverged, Path};
use crate::explore::thread::Resumed;

/// Executions that are drawn, the same ones whenever the seed is the same. It has no end.
///
/// Every second one is a matter of scheduling alone: loads read the newest value, and nothing happens spuriously.
#[derive(Debug)]
pub(crate) struct Sampled {
    path: Path,
    sampling: Sampling,
    /// As far from those of other seeds as can be, which may be close to each other.
    seed: u64,
    /// How many executions there were before this one.
    number: u64,
    /// The steps of this execution, and those of the longest one before it.
    steps: u64,
    longest: u64,
    /// From this step on, all threads are alike. An execution that does not end even then makes no progress.
    fair_from: u64,
    random: SplitMix,
    policy: Policy,
}

/// How the threads of one execution are chosen.
#[derive(Debug)]
enum Policy {
    Pct(Pct),
    Pos(Pos),
    Walk(Walk),
}

/// One of how many choices is another alternative than the first one, where any may be.
const DEVIATES: u64 = 4;

/// One of how many times a thread goes on although it asks that others go first.
const INSISTS: u64 = 4;

type Contenders = SmallVec<[Contender; 16]>;

impl Sampled {
    /// Executions of up to `steps` steps.
    pub(crate) fn new(sampling: Sampling, steps: usize) -> Self {
        let seed = SplitMix::of(sampling.seed, 0).any();
        let mut random = SplitMix::of(seed, 0);
        let policy = Policy::new(&sampling, 0, 0, &mut random);
        let fair_from = steps as u64 / 2;
        Sampled {
            path: Path::default(),
            sampling,
            seed,
            number: 0,
            steps: 0,
            longest: 0,
            fair_from,
            random,
            policy,
        }
    }

    /// Whether anything but scheduling is a choice in this execution.
    fn deviates(&self) -> bool {
        let methods = match self.sampling.method {
            Method::Alternating => 3,
            Method::Pct | Method::Pos | Method::RandomWalk => 1,
        };
        self.number / methods % 2 == 1
    }

    /// One of the contenders, by its index among them.
    fn draw(&mut self, contenders: &[Contender]) -> usize {
        let random = &mut self.random;
        if self.steps > self.fair_from {
            return random.index(contenders.len());
        }
        match &mut self.policy {
            Policy::Pct(pct) => pct.choose(contenders, random),
            Policy::Pos(pos) => {
                letting_others_go_first(contenders, random, |some, random| pos.choose(some, random))
            }
            Policy::Walk(walk) => {
                letting_others_go_first(contenders, random, |some, random| walk.choose(some, random))
            }
        }
    }
}

impl Policy {
    fn new(sampling: &Sampling, number: u64, steps: u64, random: &mut SplitMix) -> Self {
        match (sampling.method, number % 3) {
            (Method::Pct, _) | (Method::Alternating, 0) => {
                Policy::Pct(Pct::new(sampling.depth, steps, random))
            }
            (Method::Pos, _) | (Method::Alternating, 1) => Policy::Pos(Pos::default()),
            (Method::RandomWalk | Method::Alternating, _) => Policy::Walk(Walk::new(random)),
        }
    }
}

/// Chooses among those that do not give way, if there are any, most of the time.
fn letting_others_go_first(
    contenders: &[Contender],
    random: &mut SplitMix,
    choose: impl FnOnce(&[Contender], &mut SplitMix) -> usize,
) -> usize {
    let gives_way = |contender: &Contender| contender.gives_way;
    if !contenders.iter().any(gives_way) || contenders.iter().all(gives_way) || random.below(INSISTS) == 0 {
        return choose(contenders, random);
    }
    let first: SmallVec<[usize; 16]> =
        (0..contenders.len()).filter(|&index| !contenders[index].gives_way).collect();
    let some: Contenders = first.iter().map(|&index| contenders[index]).collect();
    first[choose(&some, random)]
}

impl Strategy for Sampled {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        let deviates = self.deviates() && self.random.below(DEVIATES) == 0;
        self.path.choose(options, || if deviates { self.random.index(options) as u8 } else { 0 })
    }

    fn choose_input(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || self.random.index(options) as u8)
    }

    fn choose_thread(&mut self, contenders: &[Contender]) -> Result<usize, Diverged> {
        self.steps += 1;
        // They come last, and never alone.
        let spurious = |contender: &&Contender| contender.resumed == Resumed::Spurious;
        let count = contenders.len() - contenders.iter().rev().take_while(spurious).count();
        let drawn = self.draw(if self.deviates() { contenders } else { &contenders[..count] });
        if contenders.len() == 1 {
            return Ok(0);
        }
        self.path.choose(contenders.len(), || drawn as u8)
    }

    fn advance(&mut self) -> bool {
        self.longest = self.longest.max(self.steps);
        self.steps = 0;
        self.number += 1;
        self.path = Path::default();
        self.random = SplitMix::of(self.seed, self.number);
        self.policy = Policy::new(&self.sampling, self.number, self.longest, &mut self.random);
        true
    }

    fn sampling(&self) -> Option<Sampling> {
        Some(self.sampling)
    }
}
