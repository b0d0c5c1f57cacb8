//! The path through the tree of choices: which were made in this execution, and which are left.

use real::vec::Vec;

/// The choices of one execution, replayed and changed at the last place that has alternatives left:
/// a depth-first search without memory of whole states (Godefroid, "Model Checking for Programming
/// Languages using VeriSoft", POPL 1997).
#[derive(Debug, Default)]
pub(crate) struct Path {
    choices: Vec<Choice>,
    next: usize,
    /// Decides about new choices. Without it, the first alternative is taken.
    random: Option<u64>,
}

/// One of several ways to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) taken: u8,
    pub(crate) options: u8,
}

/// The program took other steps than in the execution before, with the same choices.
#[derive(Debug)]
pub(crate) struct Diverged;

impl Path {
    /// Whether the choices so far are those of an earlier execution.
    pub(crate) fn is_replaying(&self) -> bool {
        self.next < self.choices.len()
    }

    /// Takes the next choice among `options`: the recorded one; of a new choice the first
    /// one, or any.
    pub(crate) fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        debug_assert!(options > 1, "a choice has alternatives");
        if self.next == self.choices.len() {
            let taken = self.random.as_mut().map_or(0, |random| below(random, options as u64));
            self.choices.push(Choice { taken, options: options as u8 });
        }
        let choice = &self.choices[self.next];
        if usize::from(choice.options) != options {
            return Err(Diverged);
        }
        self.next += 1;
        Ok(usize::from(choice.taken))
    }

    /// Moves on to the next path. `false`: there is none, every path has been taken.
    pub(crate) fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some(last) = self.choices.last_mut() {
            if last.taken + 1 < last.options {
                last.taken += 1;
                return true;
            }
            self.choices.pop();
        }
        false
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.choices.clear();
        self.next = 0;
    }

    /// Takes any way in the next execution: the same one whenever `seed` is the same.
    pub(crate) fn wander(&mut self, seed: u64) {
        self.clear();
        self.random = Some(seed);
    }

    /// The choices made in this execution.
    pub(crate) fn taken(&self) -> Vec<Choice> {
        self.choices[..self.next].to_vec()
    }

    /// Makes these choices in the next execution.
    pub(crate) fn follow(&mut self, choices: &[Choice]) {
        self.choices = choices.to_vec();
        self.next = 0;
    }

    /// Whether this execution left out choices that it was told to take.
    pub(crate) fn ended_early(&self) -> bool {
        self.next < self.choices.len()
    }
}

/// A number below `limit`, from SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014).
fn below(state: &mut u64, limit: u64) -> u8 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % limit) as u8
}
