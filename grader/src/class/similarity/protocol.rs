//! What Dolos is asked, and what it answers. `dolos/compare.mjs` is the other end.

use serde::{Deserialize, Serialize};

/// The submissions for one exercise.
#[derive(Debug, Serialize)]
pub(super) struct Question {
    /// What is in these counts as nobody's.
    pub boilerplate: Vec<File>,
    /// What at least half of these have counts as nobody's, too.
    pub right: Vec<File>,
    pub files: Vec<File>,
    /// The most pairs to answer with.
    pub most: usize,
    /// The least similarity of a pair, from 0 to 1.
    pub least: f64,
}

/// A file, with what Dolos calls its metadata.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub path: String,
    pub text: String,
    pub full_name: Option<String>,
    pub created_at: Option<String>,
}

impl File {
    /// One that nobody handed in.
    pub(super) fn plain(path: String, text: String) -> Self {
        Self { path, text, full_name: None, created_at: None }
    }
}

/// Two files that are alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alike {
    pub left: String,
    pub right: String,
    pub similarity: f64,
    pub passages: Vec<Shared>,
}

/// What both have: its first and its last line in each, counted from 1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    pub left: (usize, usize),
    pub right: (usize, usize),
}
