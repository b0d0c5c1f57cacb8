//! The course systems, and how each names what it lets an instructor download.

use std::path::Path;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::error::Error;

use super::archive::stem;
use super::{Named, blackboard, canvas, github, gradescope, moodle};

/// Where the names in a class's folder come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum System {
    /// Each entry is named after its learner.
    Plain,
    /// `Full Name_NUMBER_assignsubmission_file_…`
    Moodle,
    /// `nameofthelearner_[LATE_]USER_FILE_name-1.rs`
    Canvas,
    /// `submission_NUMBER/`, beside `submission_metadata.yml`
    Gradescope,
    /// `Assignment_USER_attempt_2026-10-01-12-34-56_name.rs`
    Blackboard,
    /// `assignment-USER/`, a repository each
    Github,
}

impl System {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The system of which most names are, if there is one.
    pub(super) fn guess(folder: &Path, names: &[String]) -> Self {
        if gradescope::is_export(folder, names) {
            return Self::Gradescope;
        }
        let most = |rule: fn(&str) -> Option<Named>| {
            let count = names.iter().filter(|name| rule(name).is_some()).count();
            count > 0 && 2 * count >= names.len()
        };
        if most(moodle::name) {
            Self::Moodle
        } else if most(blackboard::name) {
            Self::Blackboard
        } else if most(canvas::name) {
            Self::Canvas
        } else if github::is_export(folder, names) {
            Self::Github
        } else {
            Self::Plain
        }
    }

    /// What each name says. One that the system did not give is its learner's.
    ///
    /// # Errors
    /// When the list that the system adds cannot be read.
    pub(super) fn name_all(self, folder: &Path, names: &[String]) -> Result<Vec<(Named, String)>, Error> {
        let by = |rule: fn(&str) -> Option<Named>| {
            names.iter().map(|name| (rule(name).unwrap_or_else(|| plain(name)), name.clone())).collect()
        };
        Ok(match self {
            Self::Plain => by(|_| None),
            Self::Moodle => by(moodle::name),
            Self::Canvas => by(canvas::name),
            // The text that it adds to an attempt is nobody's file.
            Self::Blackboard => {
                let mut all: Vec<(Named, String)> = by(blackboard::name);
                all.retain(|(named, _)| named.file.as_deref() != Some(""));
                all
            }
            Self::Gradescope => gradescope::name_all(folder, names)?,
            Self::Github => github::name_all(names),
        })
    }
}

fn plain(name: &str) -> Named {
    Named::whole(stem(name))
}
