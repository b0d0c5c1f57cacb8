//! What the grader concludes: about a check, and about an exercise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// The verdict on one exercise. A later variant takes precedence over an earlier one.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    VariantArray,
    IntoStaticStr,
    JsonSchema,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// Every check passed.
    Accepted,
    /// Some check failed.
    Rejected,
    /// The stub, or as good as the stub.
    NotStarted,
    /// rustc refuses it, its public items differ from the task's, or its file cannot be taken.
    CompileError,
    /// The policy refuses it.
    Forbidden,
    /// The grading was interrupted before all of its checks had run.
    Interrupted,
    /// The grader could not judge. This says nothing about the submission.
    InternalError,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How one check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CheckStatus {
    Passed,
    Failed,
    /// It was still running at the limit.
    TimedOut,
    /// Its process died: an abort, a stack overflow.
    Crashed,
    /// It did not run, or could not judge.
    Skipped,
}

impl CheckStatus {
    /// Whether the check ran and the submission did not pass it.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::TimedOut | Self::Crashed => true,
            Self::Passed | Self::Skipped => false,
        }
    }

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
