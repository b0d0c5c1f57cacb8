//! An execution under the model, step by step.

use serde::{Deserialize, Serialize};

use super::failure::{Diagnosis, Failure, FailureKind};

/// How a check passes: one of many executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What `cargo xtask replay` needs to run it again.
    pub token: String,
    pub trace: Vec<Step>,
    /// The threads, in the order of their first steps.
    pub threads: Vec<Thread>,
    /// The objects that the steps name.
    pub objects: Vec<Object>,
}

/// What formats show of an execution, whether it fails or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recording<'a> {
    pub trace: &'a [Step],
    pub threads: &'a [Thread],
    pub objects: &'a [Object],
    /// The threads that have not ended.
    pub waiting: &'a [Waiting],
    /// Nobody goes on in the end: all threads have ended, but for those that wait for ever.
    pub is_over: bool,
    pub diagnosis: Option<&'a Diagnosis>,
}

impl<'a> From<&'a Failure> for Recording<'a> {
    fn from(failure: &'a Failure) -> Self {
        Self {
            trace: &failure.trace,
            threads: &failure.threads,
            objects: &failure.objects,
            waiting: &failure.waiting,
            is_over: failure.kind == FailureKind::Deadlock,
            diagnosis: failure.diagnosis.as_ref(),
        }
    }
}

impl<'a> From<&'a Example> for Recording<'a> {
    fn from(example: &'a Example) -> Self {
        Self {
            trace: &example.trace,
            threads: &example.threads,
            objects: &example.objects,
            waiting: &[],
            is_over: true,
            diagnosis: None,
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
    /// That line of the submission, without the space around it.
    pub source: Option<String>,
}

/// A thread of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    pub name: String,
    /// The functions of the submission that it runs, in the order of their first steps.
    pub calls: Vec<String>,
}

/// Which store a load read, and which it could have read. Absent: the value from the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// A thread that has not ended: it waits for something, or is about to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    pub thread: String,
    /// What it waits in: `lock`, `wait`, `join`, …; or `goes on`.
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
