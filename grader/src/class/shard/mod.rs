//! A class in parts, graded by machines that know nothing of each other, and put together again.
//!
//! ```text
//! manifest  what a part was graded with, written when it is whole
//! merge     the parts, each held against the others
//! ```
//!
//! A part may be graded twice, also at the same time: each result is a file under its own name, replaced whole, and
//! counts if it was made from what the manifest names. So it does not matter which of the two wrote it.

mod manifest;
mod merge;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::intake::{Class, Learner};

pub use manifest::Manifest;
pub use merge::Merged;

/// One of the parts that a class is divided into: every `of`th learner, beginning with number `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Counted from 0, less than `of`.
    pub index: usize,
    pub of: usize,
}

impl Shard {
    /// The shard's own folder in a folder of results.
    pub fn folder(self, results: &Path) -> PathBuf {
        results.join(self.folder_name())
    }

    fn folder_name(self) -> String {
        format!("shard-{}-of-{}", self.index, self.of)
    }

    /// The learners of this shard, as a class of its own.
    pub fn part(self, class: &Class) -> Class {
        let learners = self.among(&class.learners).cloned().collect();
        Class { label: class.label.clone(), system: class.system, learners }
    }

    /// Those of all learners that are this shard's.
    fn among(self, learners: &[Learner]) -> impl Iterator<Item = &Learner> {
        learners.iter().skip(self.index).step_by(self.of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            // `+1` is a number to the standard library.
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<usize>().ok()).flatten()
        };
        let numbers = text.split_once('/').and_then(|(index, of)| Some((number(index)?, number(of)?)));
        match numbers {
            Some((_, 0)) => Err("a class has at least one shard".to_owned()),
            Some((index, of)) if index >= of => {
                Err(format!("shards are counted from 0: the last one of {of} is {}/{of}", of - 1))
            }
            Some((index, of)) => Ok(Self { index, of }),
            None => {
                Err("write I/N, the shard's number counted from 0 and how many there are, as in 0/12"
                    .to_owned())
            }
        }
    }
}
