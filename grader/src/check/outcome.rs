//! The outcome of a check.

use std::time::Duration;

use model_trace::history::Ending;
use model_trace::{Execution, Place, ThreadId};

use crate::process::Ceiling;
use crate::report::{CheckStatus, Coverage, FailureKind};

/// The outcome of a check. Everything in it that comes from the check's process is fit for a report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Passed {
        coverage: Option<Coverage>,
        /// An execution in which it passes, if that was asked for.
        execution: Option<Execution>,
    },
    Failed {
        cause: Cause,
        /// The execution in which it fails, if the engine knows it.
        execution: Option<Execution>,
        coverage: Option<Coverage>,
    },
    /// It was still running at the limit.
    TimedOut {
        after: Duration,
    },
    Crashed(Crash),
    /// It could not be run on this code, which says nothing about the code.
    Unsupported(Unsupported),
    /// It builds on something that does not hold.
    NotRun(Missing),
}

/// A fact that does not hold, and that a check builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub fact: String,
    /// The title of the check that establishes it, and was not passed.
    pub check: String,
}

/// How a check fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    Panic {
        message: String,
        /// In the submission, or in `std`. `None`: in the check.
        place: Option<Place>,
        /// Who panics, in an execution that is known.
        thread: Option<ThreadId>,
    },
    /// No thread of the execution can go on.
    Deadlock,
    /// No thread of the process can go on.
    Stalled,
    /// No thread of the process has gone on for long.
    Idle,
    /// The execution has more steps than the limit.
    TooManySteps {
        limit: u64,
        /// The thread that takes steps without progress, and where.
        thread: ThreadId,
        place: Place,
    },
    /// No execution shows what one of them has to show.
    NeverHappens,
    EndedEarly(EndedEarly),
    /// Its process went beyond a limit.
    Exceeded(Ceiling),
    /// Its process tried to open a socket.
    OpenedSocket,
    /// A report does not come from the check.
    Forged(Forgery),
    /// What must not compile does.
    Compiles,
    /// What must compile does not.
    DoesNotCompile {
        /// What the compiler says, if it says something.
        error: Option<String>,
    },
    /// What must not compile is rejected for another reason.
    RejectedForAnotherReason {
        /// The code of the right error.
        expected: String,
        /// What the compiler says, if it says something.
        error: Option<String>,
    },
}

/// How it is known that reports were forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgery {
    /// A pass of a check that cannot pass.
    MustFail,
    /// A pass of a check that has not returned.
    TooEarly,
}

/// Why there is no outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoOutcome {
    /// Its process gave no answer that counts.
    EndedEarly(EndedEarly),
    /// The explorer itself is broken, which says nothing about the code.
    Internal(InternalError),
}

/// What the explorer says about a panic of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InternalError {
    pub message: String,
    pub schedule: String,
}

impl From<EndedEarly> for NoOutcome {
    fn from(early: EndedEarly) -> Self {
        Self::EndedEarly(early)
    }
}

/// How a process ends that owes a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedEarly {
    /// With an exit code other than 0.
    Exit(i32),
    /// Without a report.
    NoReport,
    /// Because the report could not be sent.
    Unsent,
    /// With something that is no report.
    Malformed,
    /// With more than one report.
    SeveralReports,
    /// With a report of another run or of another check.
    OfAnotherRun,
}

/// How a process died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crash {
    pub signal: i32,
    /// The last lines that it wrote to standard error.
    pub last_words: String,
}

/// Why a check could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsupported {
    /// The code does not follow the schedule that it was to follow.
    Diverges {
        /// The steps that it took as the schedule has them.
        steps: u64,
        /// Where it takes another one. `None`: in the check.
        place: Option<Place>,
    },
    /// Something has no model.
    NoModel {
        call: String,
        message: String,
        /// `None`: in the check.
        place: Option<Place>,
    },
}

impl Outcome {
    pub(crate) fn status(&self) -> CheckStatus {
        match self {
            Self::Passed { .. } => CheckStatus::Passed,
            Self::Failed { .. } => CheckStatus::Failed,
            Self::TimedOut { .. } => CheckStatus::TimedOut,
            Self::Crashed(_) => CheckStatus::Crashed,
            Self::Unsupported(_) | Self::NotRun(_) => CheckStatus::Skipped,
        }
    }

    /// How it shows that a report was forged, if it does.
    pub(crate) fn forgery(&self) -> Option<Forgery> {
        match self {
            Self::Failed { cause: Cause::Forged(forgery), .. } => Some(*forgery),
            Self::Passed { .. }
            | Self::Failed { .. }
            | Self::TimedOut { .. }
            | Self::Crashed(_)
            | Self::Unsupported(_)
            | Self::NotRun(_) => None,
        }
    }
}

impl Cause {
    /// What a panic says.
    pub(crate) fn panic(&self) -> Option<&str> {
        if let Self::Panic { message, .. } = self { Some(message) } else { None }
    }

    pub(crate) fn kind(&self) -> FailureKind {
        match self {
            Self::Panic { message, place: None, .. } if is_fatal(message) => FailureKind::Crash,
            // What the check itself finds out, it says by a panic of its own.
            Self::Panic { place: None, .. } => FailureKind::Assertion,
            Self::Panic { message, .. } if is_of_todo(message) => FailureKind::NotImplemented,
            Self::Panic { .. } => FailureKind::Panic,
            Self::Deadlock | Self::Stalled | Self::Idle => FailureKind::Deadlock,
            Self::TooManySteps { .. } => FailureKind::TooManySteps,
            Self::NeverHappens => FailureKind::NeverHappens,
            Self::EndedEarly(_) => FailureKind::EndedEarly,
            Self::Exceeded(Ceiling::Memory { .. }) => FailureKind::MemoryLimit,
            Self::Exceeded(Ceiling::CpuTime { .. }) => FailureKind::CpuLimit,
            Self::Exceeded(Ceiling::Threads { .. }) => FailureKind::ThreadLimit,
            Self::Exceeded(Ceiling::Output { .. } | Ceiling::Answer { .. }) => FailureKind::OutputLimit,
            Self::Exceeded(Ceiling::FileSize) => FailureKind::FileLimit,
            Self::OpenedSocket => FailureKind::ForbiddenCall,
            Self::Forged(_) => FailureKind::Forged,
            Self::Compiles => FailureKind::Compiles,
            Self::DoesNotCompile { .. } | Self::RejectedForAnotherReason { .. } => {
                FailureKind::DoesNotCompile
            }
        }
    }

    /// How the execution ends in which a check fails like this.
    pub(crate) fn ending(&self) -> Ending {
        match self.kind() {
            FailureKind::Deadlock | FailureKind::NeverHappens => Ending::Complete,
            FailureKind::Assertion
            | FailureKind::Panic
            | FailureKind::NotImplemented
            | FailureKind::TooManySteps
            | FailureKind::Compiles
            | FailureKind::DoesNotCompile
            | FailureKind::EndedEarly
            | FailureKind::Crash
            | FailureKind::Timeout
            | FailureKind::MemoryLimit
            | FailureKind::CpuLimit
            | FailureKind::ThreadLimit
            | FailureKind::OutputLimit
            | FailureKind::FileLimit
            | FailureKind::ForbiddenCall
            | FailureKind::Forged
            | FailureKind::Unsupported
            | FailureKind::Requirement => Ending::Stopped,
        }
    }
}

/// Whether a panic stands for what ends a process: all that is known of it is what `std` says.
fn is_fatal(message: &str) -> bool {
    message.starts_with("fatal runtime error: ")
}

/// Whether a panic is one of `todo!` or `unimplemented!`: all that `std` gives them is their message.
fn is_of_todo(message: &str) -> bool {
    ["not yet implemented", "not implemented"].iter().any(|text| message.starts_with(text))
}
