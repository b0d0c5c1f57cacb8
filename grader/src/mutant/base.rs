//! The correct programs that mutants are changes to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::{folder, program};
use crate::catalog::Exercise;
use crate::error::Fault;
use crate::project::Project;

/// A correct program for an exercise. Its text form is what stands in a header, and the name of the fixture whose
/// verdict `calibrate` proves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// The reference.
    Solution,
    /// The file of that name in the suite's `accepted/`, without its extension.
    Accepted(String),
}

/// A text that names no base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotABase;

impl Base {
    /// Every correct program for the exercise, the reference first.
    ///
    /// # Errors
    /// When `accepted/` cannot be read or holds anything else.
    pub fn all(project: &Project, exercise: &Exercise) -> Result<Vec<Self>, Fault> {
        let accepted = folder::rust_files(&project.suite(&exercise.slug).join("accepted"))?;
        let accepted = accepted.iter().map(|file| Self::Accepted(folder::name(file)));
        Ok([Self::Solution].into_iter().chain(accepted).collect())
    }

    /// Where the program is.
    pub fn file(&self, project: &Project, exercise: &Exercise) -> PathBuf {
        match self {
            Self::Solution => project.solution(&exercise.slug).join(&exercise.editable[0]),
            Self::Accepted(name) => project.suite(&exercise.slug).join("accepted").join(format!("{name}.rs")),
        }
    }

    /// The program.
    ///
    /// # Errors
    /// When it cannot be read, or an accepted one does not say in its header what is unusual about it.
    pub fn read(&self, project: &Project, exercise: &Exercise) -> Result<String, Fault> {
        let file = self.file(project, exercise);
        let text = program::read(&file)?;
        match self {
            Self::Accepted(_) if !text.starts_with("//! Fixture:") => {
                let message = "an accepted program begins with `//! Fixture: what is unusual about it`";
                Err(Fault::Suite { file, line: 1, message: message.to_owned() })
            }
            Self::Accepted(_) | Self::Solution => Ok(text),
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solution => f.write_str("solution"),
            Self::Accepted(name) => write!(f, "accepted/{name}"),
        }
    }
}

impl FromStr for Base {
    type Err = NotABase;

    fn from_str(text: &str) -> Result<Self, NotABase> {
        match text.strip_prefix("accepted/") {
            Some(name) if folder::is_name(name) => Ok(Self::Accepted(name.to_owned())),
            None if text == "solution" => Ok(Self::Solution),
            Some(_) | None => Err(NotABase),
        }
    }
}

impl fmt::Display for NotABase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a base is `solution` or `accepted/NAME`")
    }
}

impl std::error::Error for NotABase {}
