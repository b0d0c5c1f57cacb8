use smallvec::SmallVec;

use super::contender::{ByContender, Contender};
use super::random::SplitMix;

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
/// Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
///
/// Each thread has a random priority, and the one with the highest among those that can run takes the next step. At
/// `depth − 1` random steps, the thread that has taken the step gets a priority below all initial ones.
///
/// The guarantee: with n threads and at most k steps, a bug of depth d, which shows whenever d steps come in a certain
/// order, is found by one execution with a probability of at least 1/(n·k^(d−1)). Here the end of a timed wait counts
/// as a thread, and k is the number of steps of the longest execution so far: the first one has no changes of priorities.
/// A thread that yields, or spins, gets the lowest priority of all; where one does, the guarantee does not hold.
#[derive(Debug)]
pub(super) struct Pct {
    priorities: ByContender<i64>,
    /// At the step with this number, the thread that takes it gets the index as its priority.
    changes: SmallVec<[u64; 4]>,
    steps: u64,
    lowest: i64,
}

/// Initial priorities are above this, and below twice as much.
const INITIAL: i64 = 1 << 60;

impl Pct {
    /// For an execution of about so many steps.
    pub(super) fn new(depth: u32, steps: u64, random: &mut SplitMix) -> Self {
        let changes = if steps == 0 { 0 } else { depth.saturating_sub(1) };
        Pct {
            priorities: ByContender::default(),
            changes: (0..changes).map(|_| 1 + random.below(steps)).collect(),
            steps: 0,
            lowest: 0,
        }
    }

    pub(super) fn choose(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        let mut highest = self.highest(contenders, random);
        if contenders[highest].gives_way && contenders.len() > 1 {
            self.lowest -= 1;
            *self.priority(&contenders[highest], random) = self.lowest;
            highest = self.highest(contenders, random);
        }
        self.steps += 1;
        let due = self.changes.iter().position(|&change| change == self.steps);
        if let Some(index) = due {
            *self.priority(&contenders[highest], random) = index as i64;
        }
        highest
    }

    fn highest(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        let priorities = contenders.iter().map(|contender| *self.priority(contender, random));
        let highest = priorities.enumerate().max_by_key(|&(_, priority)| priority);
        highest.map_or(0, |(index, _)| index)
    }

    fn priority(&mut self, contender: &Contender, random: &mut SplitMix) -> &mut i64 {
        self.priorities.get(contender, || INITIAL + random.below(INITIAL as u64) as i64)
    }
}
