//! The report: plain data, stable (schema 1). [`crate::format`] writes it down.
//!
//! `grader/report.schema.json` is the JSON Schema of these types, and made from them. Paths are relative to the
//! submission, and no check's source is named.

mod execution;
mod failure;
mod grade;
mod group;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod invariant;
mod naming;
#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod samples;
pub mod schema;
mod second_opinion;
mod verb;
mod verdict;

use std::time::Duration;

use jiff::Timestamp;
use model_trace::{Limit, Limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

pub(crate) use execution::OF_STD;
pub(crate) use execution::PUBLIC_TESTS;
pub use execution::{Example, Recording, in_std, in_submission, number};
pub use failure::{Citation, Diagnosis, Failure, FailureKind, Mistake, Role};
pub use grade::Grade;
pub use group::{Group, Member, groups};
pub(crate) use naming::joined;
pub use second_opinion::{Agreement, Difference, LoomCall, OpinionStatus, SecondOpinion};
pub(crate) use verb::value;
pub use verb::{Verb, WaitVerb};
pub use verdict::{CheckStatus, Verdict};

/// What a grading found out.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
#[schemars(
    deny_unknown_fields,
    title = "Interleave report, schema 1",
    description = "What `cargo xtask grade --format json` writes. Paths are relative to the submission."
)]
pub struct Report {
    /// Always 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The grader's version.
    pub grader: String,
    /// The compiler, as it names itself.
    pub toolchain: String,
    pub sandbox: Sandbox,
    /// What was graded, as it was given.
    pub submission: String,
    /// Whose it is, in a class.
    pub learner: Option<String>,
    /// When the last of it was graded, in UTC, as `2026-10-01T12:00:00Z`.
    pub graded_at: String,
    pub points: u32,
    pub max_points: u32,
    pub duration_ms: u64,
    /// By the rubric of the class, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Grade")]
    pub grade: Option<Grade>,
    pub exercises: Vec<ExerciseReport>,
}

impl Report {
    /// A report without results.
    pub(crate) fn blank(grader: String, toolchain: String, sandbox: Sandbox) -> Self {
        Self {
            schema: 1,
            grader,
            toolchain,
            sandbox,
            submission: String::new(),
            learner: None,
            graded_at: String::new(),
            points: 0,
            max_points: 0,
            duration_ms: 0,
            grade: None,
            exercises: Vec::new(),
        }
    }
}

/// What separates a submission's processes from the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Sandbox {
    /// Landlock, seccomp, and a network and System V objects of its own.
    Full,
    /// Landlock and seccomp.
    #[serde(rename = "landlock+seccomp")]
    LandlockAndSeccomp,
    /// Processes of their own with limits; for one's own work only.
    #[serde(rename = "limits only")]
    LimitsOnly,
}

impl Sandbox {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What was found out about one exercise.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, extend("allOf" = [
    {
        "if": { "properties": { "verdict": { "const": "accepted" } } },
        "then": { "properties": { "checks": {
            "minItems": 1,
            "items": { "properties": { "status": { "const": "passed" } } }
        } } }
    },
    {
        "if": { "properties": { "verdict": { "enum": ["compile_error", "forbidden"] } } },
        "then": { "properties": { "diagnostics": { "minItems": 1 } } }
    }
]))]
pub struct ExerciseReport {
    pub exercise: String,
    /// What was graded: the SHA-256 of the file, in hexadecimal digits. Of several files, that of their list as
    /// `sha256sum` prints it. Absent where no file could be taken.
    pub sha256: Option<String>,
    pub verdict: Verdict,
    pub points: u32,
    pub max_points: u32,
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<CheckReport>,
    /// The checks that are not passed, by what they show, the simplest first. Each is in exactly one group.
    pub groups: Vec<Group>,
    /// Where the work looks at the reference counts of an `Arc`, which the model does not vary.
    pub reference_counts: Vec<SourceLine>,
    /// The files that were graded, for formats that show them. Not part of the data itself.
    #[serde(skip)]
    pub sources: Vec<SourceFile>,
}

/// A file of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name in the exercise, such as `src/lib.rs`.
    pub name: String,
    pub text: String,
}

/// A line of a submission.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(deny_unknown_fields)]
pub struct SourceLine {
    /// Its name in the exercise, such as `src/lib.rs`.
    pub file: String,
    /// From 1.
    #[schemars(range(min = 1))]
    pub line: u32,
}

/// Something to say about the source itself.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(deny_unknown_fields)]
pub struct Diagnostic {
    pub level: Level,
    /// rustc's code (`E0308`) or the policy's rule (`unsafe`).
    pub code: Option<String>,
    #[schemars(length(min = 1))]
    pub message: String,
    pub file: Option<String>,
    /// From 1.
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    /// From 1.
    #[schemars(range(min = 1))]
    pub column: Option<u32>,
    /// The whole message with the lines of source, as rustc draws it.
    pub rendered: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Error,
    Warning,
}

impl Diagnostic {
    /// An error that belongs to no place in a file.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            code: None,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            rendered: None,
        }
    }

    pub fn with_code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    pub fn in_file(self, file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    pub fn at(self, line: u32, column: u32) -> Self {
        Self { line: Some(line), column: Some(column), ..self }
    }
}

/// One check by one engine.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, extend("allOf" = [
    {
        "if": { "properties": { "status": { "const": "passed" } } },
        "then": { "properties": { "failure": { "type": "null" } } },
        "else": { "properties": { "points": { "const": 0 } } }
    },
    {
        "if": { "properties": { "status": { "enum": ["failed", "timed_out", "crashed"] } } },
        "then": { "properties": { "failure": { "type": "object" } } }
    }
]))]
pub struct CheckReport {
    #[schemars(length(min = 1))]
    pub name: String,
    /// The fact that the check establishes.
    #[schemars(length(min = 1))]
    pub title: String,
    pub engine: Engine,
    pub status: CheckStatus,
    pub points: u32,
    pub max_points: u32,
    pub duration_ms: u64,
    /// What a search covered.
    pub coverage: Option<Coverage>,
    #[schemars(with = "Option<schema::Failure>")]
    pub failure: Option<Failure>,
    /// How the check passes, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "schema::Example")]
    pub example: Option<Example>,
    /// What loom makes of it, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_opinion: Option<SecondOpinion>,
}

impl CheckReport {
    /// Whether it fails in a schedule that can be shown.
    pub(crate) fn has_failing_schedule(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.recording.is_some())
    }
}

/// Who runs a check.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    IntoStaticStr,
    JsonSchema,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Engine {
    /// rustc alone: what must compile, and what must not.
    Contract,
    /// Real threads, many repetitions.
    Stress,
    /// Every interleaving, under a model checker.
    Model,
    /// The loom crate. It gives no points: it is a second opinion on what the model judges.
    Loom,
}

impl Engine {
    /// The word that reports, suites and cfgs use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How far a search went, or how many schedules were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(deny_unknown_fields)]
pub struct Coverage {
    pub executions: u64,
    /// The highest bound that was searched, wholly or in part.
    pub preemptions: u64,
    /// Whether every interleaving up to that bound was tried, but for those that the limits leave out.
    pub complete: bool,
    /// Other limits of the search that left something out.
    #[schemars(with = "Vec<Limit>")]
    pub limits: Limits,
    /// The schedules were drawn by random numbers: how. The executions are as many of them; none of the other
    /// fields says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Sampling")]
    pub sampling: Option<Sampling>,
}

/// How schedules were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(deny_unknown_fields)]
pub struct Sampling {
    /// Where the random numbers start. The same seed gives the same schedules.
    pub seed: u64,
    /// How many steps in a certain order a bug may need for the guarantee of PCT (Burckhardt et al., ASPLOS 2010).
    pub depth: u32,
}

/// A duration as reports give it.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The time in UTC, to the second, as reports give it.
pub fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// A time as reports give it, by the seconds since 1970; `None` if there is no such time.
pub fn time(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// Text that a submission had a hand in, made fit for a report: no control characters that a terminal
/// or another format could take for commands, and no more than `limit` bytes.
pub(crate) fn sanitised(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    for character in text.chars() {
        if clean.len() + character.len_utf8() > limit {
            clean.push('…');
            break;
        }
        match character {
            '\n' | '\t' => clean.push(character),
            _ if character.is_control() || is_bidi(character) => clean.push('\u{fffd}'),
            _ => clean.push(character),
        }
    }
    clean
}

/// Marks that reorder the text around them, so that it reads as something else.
fn is_bidi(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::sanitised;

    #[test]
    fn escapes_and_reordering_marks_do_not_reach_a_report() {
        assert_eq!(sanitised("a\u{1b}[31mb\u{202e}c\n", 100), "a\u{fffd}[31mb\u{fffd}c\n");
        assert_eq!(sanitised("\u{61c}\u{200f}\u{2069}", 100), "\u{fffd}".repeat(3));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(sanitised("ééé", 4), "éé…");
    }
}
