//! What can be wrong with a request about mutants.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// A mutant that does not exist, or that cannot be recorded as it was asked for.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum MutantError {
    #[error("`{text}` names no mutant")]
    #[diagnostic(help("write EXERCISE/NAME, with the name in lower case and underscores"))]
    NotAName { text: String },

    #[error("`{exercise}` has no mutant `{name}`")]
    #[diagnostic(help("{}", unknown_help(exercise, suggestion.as_deref())))]
    Unknown { exercise: String, name: String, suggestion: Option<String> },

    #[error("`{mutant}` is a program of its own, not a change to another")]
    #[diagnostic(help("without --diff the whole program is shown"))]
    NoChange { mutant: String },

    #[error("`{base}` is no correct program for `{exercise}`")]
    #[diagnostic(help("its correct programs are {}", known.join(", ")))]
    UnknownBase { exercise: String, base: String, known: Vec<String> },

    #[error("{} cannot be read", file.display())]
    Unreadable { file: PathBuf, source: std::io::Error },

    #[error("{}:{line}: {message}", file.display())]
    #[diagnostic(help("CONTRIBUTING.md describes the header of a mutant"))]
    Malformed { file: PathBuf, line: usize, message: String },

    #[error("{}:{line}: what is stored whole has no base", file.display())]
    #[diagnostic(help("leave out either --base or the line `Whole:`"))]
    WholeWithBase { file: PathBuf, line: usize },

    #[error("{} is the same program as `{base}`, which is correct", file.display())]
    #[diagnostic(help("a mutant changes something"))]
    SameAsBase { file: PathBuf, base: String },

    #[error(
        "this is not a small change to `{base}`: it removes or adds {lines} lines, and the base has {base_lines}"
    )]
    #[diagnostic(help(
        "add the correct program that it descends from to the suite's accepted/, or say in the header why it is a program of its own: `//! Whole: reason`"
    ))]
    NotSmall { base: String, lines: usize, base_lines: usize },

    #[error("there is {} already", file.display())]
    #[diagnostic(help("--force replaces it"))]
    Exists { file: PathBuf },
}

fn unknown_help(exercise: &str, suggestion: Option<&str>) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{exercise}/{name}`?"),
        None => format!("the mutants are in grader/suites/{exercise}/mutants"),
    }
}
