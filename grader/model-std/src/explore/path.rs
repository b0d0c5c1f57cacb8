//! Choices: those of one execution, and how they are written down.

use core::fmt;
use core::str::FromStr;
use real::boxed::Box;
use real::format;
use real::string::String;
use real::vec::Vec;

use super::state::UNBOUNDED;

/// One of several ways to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) taken: u8,
    pub(crate) options: u8,
}

/// The choices of one execution: those that it repeats, and those that it adds.
#[derive(Debug, Default)]
pub(crate) struct Path {
    nodes: Vec<Node>,
    /// How many of them stay as they are.
    fixed: usize,
    next: usize,
}

/// A choice, and what becomes of its other alternatives.
#[derive(Clone, Copy, Debug)]
struct Node {
    choice: Choice,
    /// Those that need not be tried.
    known: Alternatives,
    /// The bound allows none of them.
    beyond_bound: bool,
}

impl Node {
    fn of(choice: Choice) -> Self {
        Node { choice, known: Alternatives::default(), beyond_bound: false }
    }
}

/// A set of alternatives of one choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Alternatives(u64);

impl Alternatives {
    /// Adds one. The first 64 have a place in the set; others are never in it.
    pub(super) fn insert(&mut self, alternative: usize) {
        self.0 |= Self::bit(alternative);
    }

    pub(super) fn contains(self, alternative: usize) -> bool {
        self.0 & Self::bit(alternative) != 0
    }

    fn bit(alternative: usize) -> u64 {
        1_u64.checked_shl(alternative as u32).unwrap_or(0)
    }

    /// The first one of `from..options` that is not in the set.
    fn first_other(self, from: u8, options: u8) -> Option<u8> {
        (from..options).find(|&alternative| !self.contains(alternative.into()))
    }
}

/// The program took other steps than in the execution before, with the same choices.
#[derive(Debug)]
pub(crate) struct Diverged;

impl Path {
    /// A path that repeats these choices.
    pub(super) fn of(choices: &[Choice]) -> Self {
        Path { nodes: choices.iter().copied().map(Node::of).collect(), fixed: 0, next: 0 }
    }

    /// A path that repeats these choices, and keeps them.
    pub(super) fn behind(choices: &[Choice]) -> Self {
        Path { fixed: choices.len(), ..Path::of(choices) }
    }

    /// Whether the next choice is one that is repeated.
    pub(super) fn is_repeating(&self) -> bool {
        self.next < self.nodes.len()
    }

    /// Takes the next choice among `options`: the one to repeat, or `new`.
    pub(super) fn choose(&mut self, options: usize, new: impl FnOnce() -> u8) -> Result<usize, Diverged> {
        debug_assert!(options > 1, "a choice has alternatives");
        if self.next == self.nodes.len() {
            self.nodes.push(Node::of(Choice { taken: new(), options: options as u8 }));
        }
        let node = &mut self.nodes[self.next];
        if usize::from(node.choice.options) != options {
            return Err(Diverged);
        }
        node.beyond_bound = false;
        self.next += 1;
        Ok(usize::from(node.choice.taken))
    }

    /// Takes the first one of `options` that is not `known`, as a choice that is none of those to repeat. Those that are
    /// known will not be tried. `None`: all of them are known.
    pub(super) fn choose_unknown(&mut self, options: usize, known: Alternatives) -> Option<usize> {
        let taken = known.first_other(0, options as u8)?;
        let choice = Choice { taken, options: options as u8 };
        self.nodes.push(Node { known, ..Node::of(choice) });
        self.next = self.nodes.len();
        Some(taken.into())
    }

    /// Takes the first one of `options`, where the bound allows none of the others.
    pub(super) fn choose_within_bound(&mut self, options: usize) -> Result<(), Diverged> {
        let taken = self.choose(options, || 0)?;
        self.nodes[self.next - 1].beyond_bound = true;
        if taken == 0 { Ok(()) } else { Err(Diverged) }
    }

    /// Changes the last choice that has alternatives left, and forgets those after it. `false`: none has.
    pub(super) fn backtrack(&mut self) -> bool {
        self.next = 0;
        while self.nodes.len() > self.fixed
            && let Some(Node { choice, known, beyond_bound }) = self.nodes.last_mut()
        {
            let other = known.first_other(choice.taken + 1, choice.options);
            if let Some(other) = other.filter(|_| !*beyond_bound) {
                choice.taken = other;
                return true;
            }
            self.nodes.pop();
        }
        false
    }

    /// The choices made so far in this execution, but for those that the bound has made.
    pub(super) fn taken(&self) -> Vec<Choice> {
        let within = self.nodes[..self.next].iter().filter(|node| !node.beyond_bound);
        within.map(|node| node.choice).collect()
    }

    /// All choices made so far in this execution, with another alternative for the last one.
    pub(super) fn with_last(&self, taken: u8) -> Box<[Choice]> {
        let mut choices: Vec<Choice> = self.nodes[..self.next].iter().map(|node| node.choice).collect();
        if let Some(last) = choices.last_mut() {
            last.taken = taken;
        }
        choices.into_boxed_slice()
    }
}

/// Everything that decides about an execution: what may happen in it, and which choices were made.
///
/// Its text has no spaces and nothing that a shell takes for its own: `1-1-o-f-`, or `u-1-o-f-` without a bound, and
/// two characters for each choice, the one taken and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The most preemptions: `usize::MAX` in an execution that was drawn (see [`Search::sample`](super::Search::sample)),
    /// which may have any number, and whose threads may overtake others at will.
    pub preemptions: usize,
    /// How many waits may end spuriously, and weak exchanges fail spuriously.
    pub spurious: u32,
    /// Whether loads may read stale values.
    pub stale: bool,
    /// Whether releasing a lock is a step of its own.
    pub fine_grained: bool,
    /// The choices.
    pub(crate) choices: Vec<Choice>,
}

/// The digits of a choice.
const DIGITS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.~";

/// Where the last digit stands for: it adds as much to the digit that follows.
const LARGE: usize = DIGITS.len() - 1;

/// What a schedule without a bound has in place of one.
const ANY_NUMBER: &str = "u";

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |set: bool, letter: char| if set { letter } else { '0' };
        let (stale, fine_grained) = (flag(self.stale, 'o'), flag(self.fine_grained, 'f'));
        match self.preemptions {
            UNBOUNDED => f.write_str(ANY_NUMBER)?,
            bound => write!(f, "{bound}")?,
        }
        write!(f, "-{}-{stale}-{fine_grained}-", self.spurious)?;
        for number in self.choices.iter().flat_map(|choice| [choice.taken, choice.options]) {
            let (more, digit) = (usize::from(number) / LARGE, usize::from(number) % LARGE);
            for _ in 0..more {
                write!(f, "{}", char::from(DIGITS[LARGE]))?;
            }
            write!(f, "{}", char::from(DIGITS[digit]))?;
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || format!("`{text}` is no schedule");
        let parts: Vec<&str> = text.splitn(5, '-').collect();
        let [preemptions, spurious, stale, fine_grained, choices] = parts[..] else {
            return Err(malformed());
        };
        let mut numbers = Vec::new();
        let mut large = 0;
        for digit in choices.bytes() {
            match DIGITS.iter().position(|known| *known == digit).ok_or_else(malformed)? {
                LARGE => large += LARGE,
                digit => {
                    numbers.push(u8::try_from(large + digit).map_err(|_| malformed())?);
                    large = 0;
                }
            }
        }
        let choices: Option<Vec<Choice>> = numbers
            .chunks(2)
            .map(|pair| match *pair {
                [taken, options] => Some(Choice { taken, options }),
                _ => None,
            })
            .collect();
        let choices = choices.ok_or_else(malformed)?;
        if large > 0 || choices.iter().any(|choice| choice.taken >= choice.options || choice.options < 2) {
            return Err(malformed());
        }
        Ok(Schedule {
            preemptions: match preemptions {
                ANY_NUMBER => UNBOUNDED,
                bound => bound.parse().map_err(|_| malformed())?,
            },
            spurious: spurious.parse().map_err(|_| malformed())?,
            stale: stale == "o",
            fine_grained: fine_grained == "f",
            choices,
        })
    }
}
