//! Choices: those of one execution, and how they are written down.

use core::fmt;
use core::str::FromStr;
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
    choices: Vec<Choice>,
    next: usize,
}

/// The program took other steps than in the execution before, with the same choices.
#[derive(Debug)]
pub(crate) struct Diverged;

impl Path {
    /// A path that repeats these choices.
    pub(super) fn of(choices: &[Choice]) -> Self {
        Path { choices: choices.to_vec(), next: 0 }
    }

    /// Whether the next choice is one that is repeated.
    pub(super) fn is_repeating(&self) -> bool {
        self.next < self.choices.len()
    }

    /// Takes the next choice among `options`: the one to repeat, or `new`.
    pub(super) fn choose(&mut self, options: usize, new: impl FnOnce() -> u8) -> Result<usize, Diverged> {
        debug_assert!(options > 1, "a choice has alternatives");
        if self.next == self.choices.len() {
            self.choices.push(Choice { taken: new(), options: options as u8 });
        }
        let choice = &self.choices[self.next];
        if usize::from(choice.options) != options {
            return Err(Diverged);
        }
        self.next += 1;
        Ok(usize::from(choice.taken))
    }

    /// Changes the last choice that has alternatives left, and forgets those after it. `false`: none has.
    pub(super) fn backtrack(&mut self) -> bool {
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

    /// The choices made so far in this execution.
    pub(super) fn taken(&self) -> &[Choice] {
        &self.choices[..self.next]
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
