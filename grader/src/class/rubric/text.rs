//! A rubric before it is read.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::UsageError;

/// A rubric as it was when the class was graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RubricText {
    /// Where it was.
    pub file: PathBuf,
    pub text: String,
}

impl RubricText {
    /// Takes the rubric at `file`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn take(file: PathBuf) -> Result<Self, UsageError> {
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => Err(UsageError::Rubric { file, line: 1, message: error.to_string() }),
        }
    }
}
