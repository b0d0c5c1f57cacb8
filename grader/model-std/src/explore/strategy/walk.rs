use super::contender::{ByContender, Contender};
use super::random::SplitMix;

/// A random walk in which each thread has a speed: up to 64 times that of another one.
///
/// Where all threads are equally fast, none is ever overtaken many times in a row. Loops that give up after so many
/// rounds, counts that overflow and threads that starve need one that is.
///
/// In one half of the executions the next thread is drawn by lots, as many as it is fast; in the other half, steps are
/// as regular as speeds allow (Waldspurger and Weihl, "Lottery Scheduling", OSDI 1994, and "Stride Scheduling", 1995).
#[derive(Debug)]
pub(super) struct Walk {
    regular: bool,
    paces: ByContender<Pace>,
    /// When the last step was taken, by the regular clock.
    now: u64,
}

/// How fast one is.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// How much time passes between two of its steps: a power of two, up to [`SLOWEST`].
    stride: u64,
    /// When its next step is due.
    due: u64,
}

/// The stride of the slowest.
const SLOWEST: u64 = 64;

impl Walk {
    pub(super) fn new(random: &mut SplitMix) -> Self {
        Walk { regular: random.below(2) == 0, paces: ByContender::default(), now: 0 }
    }

    pub(super) fn choose(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        if self.regular { self.next_due(contenders, random) } else { self.by_lots(contenders, random) }
    }

    fn by_lots(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        let all = contenders.iter().map(|contender| SLOWEST / self.pace(contender, random).stride).sum();
        let mut lot = random.below(all);
        let is_drawn = |contender: &Contender| {
            let lots = SLOWEST / self.pace(contender, random).stride;
            let drawn = lot < lots;
            lot = lot.saturating_sub(lots);
            drawn
        };
        contenders.iter().position(is_drawn).unwrap_or(0)
    }

    fn next_due(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        let now = self.now;
        // Who could not go on for a while has nothing to catch up with.
        let due = contenders.iter().map(|contender| self.pace(contender, random).due.max(now));
        let (first, due) = due.enumerate().min_by_key(|&(_, due)| due).unwrap_or((0, now));
        let pace = self.pace(&contenders[first], random);
        pace.due = due + pace.stride;
        self.now = due;
        first
    }

    fn pace(&mut self, contender: &Contender, random: &mut SplitMix) -> &mut Pace {
        let now = self.now;
        self.paces.get(contender, || {
            let stride = 1 << random.below(u64::from(SLOWEST.ilog2()) + 1);
            Pace { stride, due: now + random.below(stride) }
        })
    }
}
