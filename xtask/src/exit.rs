//! The exit codes.

use std::process::ExitCode;

use grader::error::Error;
use grader::report::Report;
use grader::verdict::Verdict;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything that was asked for is accepted.
    Accepted = 0,
    /// Something is not.
    NotAccepted = 1,
    /// What was asked for does not exist or makes no sense. Clap ends with it too.
    Usage = 2,
    /// The grader itself failed.
    GraderFailed = 70,
}

impl Exit {
    pub fn of_report(report: &Report) -> Self {
        let verdicts = || report.exercises.iter().map(|exercise| exercise.verdict);
        if verdicts().any(|verdict| verdict == Verdict::InternalError) {
            Self::GraderFailed
        } else if !report.exercises.is_empty() && verdicts().all(|verdict| verdict == Verdict::Accepted) {
            Self::Accepted
        } else {
            Self::NotAccepted
        }
    }

    pub fn of_error(error: &Error) -> Self {
        match error {
            Error::Usage(_) => Self::Usage,
            Error::Fault(_) => Self::GraderFailed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
