use super::contender::{ByContender, Contender};
use super::random::SplitMix;

/// Partial order sampling (Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018).
///
/// Each next step of a thread has a random priority, and the one with the highest is taken. Those that are about the
/// same object then get another one: so orders of dependent steps are drawn more evenly than by a random walk, in
/// which long threads come late. What a step is about is known of accesses to atomics, and of waits.
#[derive(Debug, Default)]
pub(super) struct Pos {
    priorities: ByContender<u64>,
}

impl Pos {
    pub(super) fn choose(&mut self, contenders: &[Contender], random: &mut SplitMix) -> usize {
        let mut priority = |contender: &Contender| *self.priorities.get(contender, || random.any());
        let priorities = contenders.iter().map(&mut priority);
        let highest =
            priorities.enumerate().max_by_key(|&(_, priority)| priority).map_or(0, |(index, _)| index);
        let chosen = &contenders[highest];
        for contender in contenders {
            let depends = contender.subject.is_some() && contender.subject == chosen.subject;
            if depends || contender.number() == chosen.number() {
                let new = random.any();
                *self.priorities.get(contender, || new) = new;
            }
        }
        highest
    }
}
