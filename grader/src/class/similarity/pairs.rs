//! What was found, kept with the results of the class.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::protocol::{Alike, Shared};
use crate::error::Fault;
use crate::whole_file::{self, Durability};

/// The file, in the folder of the class's results.
const FILE: &str = "similarity.json";

/// A change of what is in the file is another number.
const SCHEMA: u32 = 1;

/// The pairs of a class that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// In the order in which they were compared.
    pub exercises: Vec<Compared>,
}

/// The submissions for one exercise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    pub exercise: String,
    /// How many submissions were compared, each with each.
    pub submissions: usize,
    /// How alike a pair is at least, from 0 to 1.
    pub least: f64,
    /// The most similar first.
    pub pairs: Vec<Pair>,
    /// The submissions in these pairs, by learner.
    pub sides: BTreeMap<String, Side>,
}

/// Two submissions that are alike. Which is the left one means nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub left: String,
    pub right: String,
    /// The part of both that the other has as well, from 0 to 1.
    pub similarity: f64,
    /// In the order of the left one's lines.
    pub passages: Vec<Passage>,
}

/// What both have, by the first and the last line in each, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    pub left: (usize, usize),
    pub right: (usize, usize),
}

/// A submission as it was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// As in its report.
    pub sha256: String,
    /// Who handed it in.
    pub name: Option<String>,
    /// When, as the course system says it.
    pub submitted: Option<String>,
    pub text: String,
}

impl Compared {
    /// What was found of so many submissions. Of those, `sides`, whatever is in no pair is dropped.
    pub(super) fn new(
        exercise: &str,
        submissions: usize,
        least: f64,
        found: Vec<Alike>,
        mut sides: BTreeMap<String, Side>,
    ) -> Self {
        sides.retain(|learner, _| found.iter().any(|pair| [&pair.left, &pair.right].contains(&learner)));
        let pairs = found.into_iter().map(Pair::from).collect();
        Self { exercise: exercise.to_owned(), submissions, least, pairs, sides }
    }

    /// Both submissions of a pair.
    pub fn sides(&self, pair: &Pair) -> Option<(&Side, &Side)> {
        self.sides.get(&pair.left).zip(self.sides.get(&pair.right))
    }
}

impl From<Alike> for Pair {
    fn from(alike: Alike) -> Self {
        let Alike { left, right, similarity, passages } = alike;
        Self { left, right, similarity, passages: outermost(passages) }
    }
}

/// The passages that lie in no other one.
fn outermost(shared: Vec<Shared>) -> Vec<Passage> {
    let mut passages: Vec<Passage> =
        shared.into_iter().map(|Shared { left, right }| Passage { left, right }).collect();
    passages.sort_by_key(|one| (one.left.0, one.right.0, std::cmp::Reverse((one.left.1, one.right.1))));
    let mut outer: Vec<Passage> = Vec::new();
    for one in passages {
        let lies_in = |other: &Passage| within(one.left, other.left) && within(one.right, other.right);
        if !outer.iter().any(lies_in) {
            outer.push(one);
        }
    }
    outer
}

fn within(one: (usize, usize), other: (usize, usize)) -> bool {
    other.0 <= one.0 && one.1 <= other.1
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    exercises: Vec<Compared>,
}

impl Pairs {
    /// Keeps them in the folder of a class's results, in place of earlier ones.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(self, results: &Path) -> Result<(), Fault> {
        let file = results.join(FILE);
        let fault = |source| Fault::io("write", &file, source);
        fs::create_dir_all(results).map_err(fault)?;
        let stored = Stored { schema: SCHEMA, exercises: self.exercises };
        whole_file::write(&file, Durability::Whole, |out| {
            serde_json::to_writer(out, &stored).map_err(io::Error::from)
        })
        .map_err(fault)
    }

    /// Those that were found last; `None` if the class was not compared, or by another version of the grader.
    pub fn read(results: &Path) -> Option<Self> {
        let file = results.join(FILE);
        // Nothing but a regular file: a pipe would never end.
        if !fs::symlink_metadata(&file).ok()?.is_file() {
            return None;
        }
        let stored: Stored = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (stored.schema == SCHEMA).then_some(Self { exercises: stored.exercises })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(left: (usize, usize), right: (usize, usize)) -> Shared {
        Shared { left, right }
    }

    #[test]
    fn a_passage_that_lies_in_another_one_is_not_told_twice() {
        let found = vec![
            shared((3, 4), (13, 14)),
            shared((1, 9), (11, 19)),
            shared((1, 9), (11, 19)),
            shared((3, 4), (33, 34)),
        ];
        let passages = outermost(found);
        let lines: Vec<_> = passages.iter().map(|one| (one.left, one.right)).collect();
        assert_eq!(lines, [((1, 9), (11, 19)), ((3, 4), (33, 34))]);
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_is_broken_is_not_there() {
        let side = |text: &str| Side {
            sha256: "0".to_owned(),
            name: Some("Ada".to_owned()),
            submitted: None,
            text: text.to_owned(),
        };
        let sides = BTreeMap::from(["ada", "bob", "eve"].map(|id| (id.to_owned(), side(id))));
        let alike = Alike {
            left: "ada".to_owned(),
            right: "eve".to_owned(),
            similarity: 0.75,
            passages: vec![shared((1, 2), (1, 2))],
        };
        let pairs = Pairs { exercises: vec![Compared::new("tally", 3, 0.4, vec![alike], sides)] };
        assert_eq!(pairs.exercises[0].sides.keys().collect::<Vec<_>>(), ["ada", "eve"]);

        let folder = tempfile::tempdir().expect("a folder");
        let results = folder.path().join("results");
        assert_eq!(Pairs::read(&results), None);
        pairs.clone().write(&results).expect("written");
        assert_eq!(Pairs::read(&results), Some(pairs));
        fs::write(results.join(FILE), "{\"schema\": 1").expect("broken");
        assert_eq!(Pairs::read(&results), None);
    }
}
