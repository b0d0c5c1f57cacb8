//! The exit codes.

use std::process::ExitCode;

use grader::error::{Error, Fault};
use grader::report::{Report, Verdict};

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
    /// Ctrl-C, or another request to end: what was found out by then has been printed. As shells have it for
    /// a process that SIGINT ended.
    Interrupted = 130,
}

/// The exit codes, for `--help`.
pub const HELP: &str = "Exit codes: 0 everything asked for is accepted, 1 something is not, 2 wrong usage, 70 the grader itself failed, 130 interrupted";

impl Exit {
    /// Of one of these commands, run as a process. `None` is one that a signal has ended.
    pub fn of_code(code: Option<i32>) -> Self {
        match code {
            Some(0) => Self::Accepted,
            Some(2) => Self::Usage,
            Some(70) => Self::GraderFailed,
            Some(130) => Self::Interrupted,
            Some(_) | None => Self::NotAccepted,
        }
    }

    pub fn of_report(report: &Report) -> Self {
        Self::of_verdicts(report.exercises.iter().map(|exercise| exercise.verdict))
    }

    /// Of everything that was graded. Nothing at all is not accepted.
    pub fn of_verdicts(verdicts: impl Iterator<Item = Verdict> + Clone) -> Self {
        let has = |wanted| verdicts.clone().any(|verdict| verdict == wanted);
        if has(Verdict::InternalError) {
            Self::GraderFailed
        } else if has(Verdict::Interrupted) {
            Self::Interrupted
        } else if verdicts.clone().next().is_some()
            && verdicts.clone().all(|verdict| verdict == Verdict::Accepted)
        {
            Self::Accepted
        } else {
            Self::NotAccepted
        }
    }

    /// The code where a verdict is no failure, so that a wrong submission does not break what depends on the grading.
    pub fn zero_if(self, wanted: bool) -> Self {
        match self {
            Self::NotAccepted if wanted => Self::Accepted,
            Self::Accepted | Self::NotAccepted | Self::Usage | Self::GraderFailed | Self::Interrupted => self,
        }
    }

    pub fn of_error(error: &Error) -> Self {
        match error {
            Error::Usage(_) => Self::Usage,
            Error::Fault(Fault::Interrupted) => Self::Interrupted,
            Error::Fault(_) => Self::GraderFailed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_alone_can_be_no_failure() {
        for exit in [Exit::Usage, Exit::GraderFailed, Exit::Interrupted] {
            assert_eq!(exit.zero_if(true), exit);
        }
        assert_eq!(Exit::NotAccepted.zero_if(true), Exit::Accepted);
        assert_eq!(Exit::NotAccepted.zero_if(false), Exit::NotAccepted);
    }

    #[test]
    fn help_names_every_exit_code() {
        for exit in [Exit::Accepted, Exit::NotAccepted, Exit::Usage, Exit::GraderFailed, Exit::Interrupted] {
            let code = (exit as u8).to_string();
            assert!(HELP.split(' ').any(|word| word == code), "{exit:?}");
        }
    }
}
