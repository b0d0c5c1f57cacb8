//! The report: plain data, stable (schema 1), and the formats that it is written in.
//!
//! `grader/report.schema.json` is the JSON Schema of these types. Paths are relative to the
//! submission, and no check's source is named.

mod json;
mod text;

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use json::Json;
pub use text::{Look, Text};

use crate::verdict::{CheckStatus, Verdict};

/// One way to write a report down.
pub trait Format {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;
}

/// What a grading found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Always 1.
    pub schema: u32,
    /// The grader's version.
    pub grader: String,
    /// The compiler, as it names itself.
    pub toolchain: String,
    pub sandbox: Sandbox,
    /// What was graded, as it was given.
    pub submission: String,
    pub points: u32,
    pub max_points: u32,
    pub duration_ms: u64,
    pub exercises: Vec<ExerciseReport>,
}

/// What separates a submission's processes from the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    /// Processes of their own with limits; for one's own work only.
    None,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseReport {
    pub exercise: String,
    pub verdict: Verdict,
    pub points: u32,
    pub max_points: u32,
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<CheckReport>,
}

/// Something to say about the source itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnostic {
    pub level: Level,
    /// rustc's code (`E0308`) or the policy's rule (`unsafe`).
    pub code: Option<String>,
    pub message: String,
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// The whole message with the lines of source, as rustc draws it.
    pub rendered: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckReport {
    pub name: String,
    /// The fact that the check establishes.
    pub title: String,
    pub engine: Engine,
    pub status: CheckStatus,
    pub points: u32,
    pub max_points: u32,
    pub duration_ms: u64,
    /// What a search covered.
    pub coverage: Option<Coverage>,
    pub failure: Option<Failure>,
}

/// Who runs a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// rustc alone: what must compile, and what must not.
    Contract,
    /// Real threads, many repetitions.
    Stress,
    /// Every interleaving, under a model checker.
    Loom,
}

impl Engine {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Stress => "stress",
            Self::Loom => "loom",
        }
    }
}

/// How far a search went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    pub executions: u64,
    /// The highest bound that was searched, wholly or in part.
    pub preemptions: u64,
    /// Whether every interleaving up to that bound was tried.
    pub complete: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened.
    pub message: String,
    /// What that means, in the words of the concept that the check is about.
    pub explanation: String,
    /// The mistake, where the schedule shows which one it is.
    pub diagnosis: Option<Diagnosis>,
    /// What `cargo xtask replay` needs to run the schedule again.
    pub token: Option<String>,
    /// The schedule that shows it, if the engine has one.
    pub trace: Vec<Step>,
    /// The objects that the schedule names.
    pub objects: Vec<Object>,
    /// The threads that wait when the schedule ends, and for what.
    pub waiting: Vec<Waiting>,
}

/// What mistake a schedule shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    pub kind: Mistake,
    /// What happened, with the threads and the lines that it happened at.
    pub message: String,
}

/// The mistakes that a schedule can show. Each has a page, for `cargo xtask explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// Two threads take the same locks in a different order.
    LockOrder,
    /// A thread waits for a lock that it holds.
    SelfDeadlock,
    /// A lock is held while its holder waits for something else.
    GuardAcrossBlocking,
    /// A notification came too early, went to somebody else, or was never sent.
    LostWakeup,
    /// A thread went on after a wake-up although its condition did not hold.
    MissingRecheck,
    /// Two threads read the same value, and one overwrote what the other had written.
    LostUpdate,
    /// What had been looked at was no longer so when it was acted on.
    CheckThenAct,
    /// A thread runs in a loop instead of sleeping.
    BusyWait,
    /// Nobody waits for the end of a thread.
    NeverJoined,
    /// A lock is of no use any more, for a thread panicked while it held it.
    Poisoned,
    /// A wait that began again with the whole timeout.
    LateTimeout,
    /// A load read a value that had been replaced.
    StaleRead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// What the check states does not hold.
    Assertion,
    /// The submission's code panicked.
    Panic,
    /// It ran into `todo!()`.
    NotImplemented,
    /// Every thread waits for another.
    Deadlock,
    /// The schedule goes on for ever: threads run without getting anywhere.
    TooManySteps,
    /// Some interleaving should show it, and none does.
    NeverHappens,
    /// Source that must not compile does.
    Compiles,
    /// Source that must compile does not, or is refused for another reason than the right one.
    DoesNotCompile,
    /// The process ended before the check was over.
    EndedEarly,
    /// The process died.
    Crash,
    /// Still running at the limit.
    Timeout,
    /// The check could not be run on this code. Not a verdict on it.
    Unsupported,
}

impl FailureKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Panic => "panic",
            Self::NotImplemented => "not_implemented",
            Self::Deadlock => "deadlock",
            Self::TooManySteps => "too_many_steps",
            Self::NeverHappens => "never_happens",
            Self::Compiles => "compiles",
            Self::DoesNotCompile => "does_not_compile",
            Self::EndedEarly => "ended_early",
            Self::Crash => "crash",
            Self::Timeout => "timeout",
            Self::Unsupported => "unsupported",
        }
    }
}

/// One step of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From 1.
    pub step: u64,
    pub thread: String,
    pub operation: String,
    pub object: Option<String>,
    pub value: Option<String>,
    /// For an access to an atomic.
    pub ordering: Option<String>,
    /// For a load of an atomic.
    pub reads: Option<Reads>,
    /// Absent for a step of the check itself.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

/// Which store a load read, and which it could have read. Absent: the value from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// The step of the store that was read.
    pub from: Option<u64>,
    /// The step of the newest store.
    pub newest: Option<u64>,
}

/// Something that threads synchronise with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// As steps name it: the learner's own name where it is known, otherwise `Mutex #1`.
    pub name: String,
    /// Its type and number, such as `Mutex #1`.
    pub kind: String,
    /// Where it was made. Absent: in the check.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

/// A thread that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    pub thread: String,
    /// What it is about to do: `lock`, `wait`, `join`, …
    pub operation: String,
    /// The object, or the thread, that it waits for.
    pub object: Option<String>,
    /// The threads that hold it.
    pub holders: Vec<String>,
    /// Absent: in the check.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

/// A duration as reports give it.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::sanitised;

    #[test]
    fn escapes_and_reordering_marks_do_not_reach_a_report() {
        assert_eq!(sanitised("a\u{1b}[31mb\u{202e}c\n", 100), "a\u{fffd}[31mb\u{fffd}c\n");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(sanitised("ééé", 4), "éé…");
    }
}
