//! Failures and executions as JSON has them, schema 1: what is data in a report is text there.

use model_trace::{Blocker, Place};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::SourceLine;
use super::execution::{Recording, in_submission, number};
use super::failure::{FailureKind, Mistake};
use super::verb::{self, Verb, WaitVerb};

#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened.
    pub message: String,
    /// What that means, in the words of the concept that the check is about.
    pub explanation: String,
    /// The mistake, where the execution shows which one it is.
    pub diagnosis: Option<Diagnosis>,
    /// The line of the submission at which it happened, if that is known.
    pub place: Option<SourceLine>,
    /// The function of the submission that the diagnosis is about, in which it happened, or which the check called
    /// last.
    pub function: Option<String>,
    /// What `cargo xtask replay` needs to run the execution again.
    pub token: Option<String>,
    /// The execution that shows it, if the engine has one.
    pub trace: Vec<Step>,
    /// The threads that take steps, in the order of their first ones.
    pub threads: Vec<Thread>,
    /// The objects of the execution.
    pub objects: Vec<Object>,
    /// The threads that have not finished when the execution ends, other than the one that fails.
    pub waiting: Vec<Waiting>,
}

#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Diagnosis {
    pub kind: Mistake,
    /// What happened, with the threads and the lines that it happened at.
    pub message: String,
    /// The steps that show it, from 1, in their order.
    #[schemars(inner(range(min = 1)))]
    pub steps: Vec<u64>,
    /// The lines of the submission to look at, the first one first.
    pub lines: Vec<SourceLine>,
}

/// How a check passes: one of many executions.
#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Example {
    /// What `cargo xtask replay` needs to run it again.
    pub token: String,
    pub trace: Vec<Step>,
    /// The threads that take steps, in the order of their first ones.
    pub threads: Vec<Thread>,
    /// The objects of the execution.
    pub objects: Vec<Object>,
}

/// One step of an execution.
#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// From 1.
    #[schemars(range(min = 1))]
    pub step: u64,
    pub thread: String,
    pub operation: Verb,
    /// The object, or the other thread, that it is about.
    pub object: Option<String>,
    pub value: Option<String>,
    /// For an access to an atomic.
    pub ordering: Option<&'static str>,
    /// For a load of an atomic.
    pub reads: Option<Reads>,
    /// Absent for a step of the check itself.
    pub file: Option<String>,
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    #[schemars(range(min = 1))]
    pub column: Option<u32>,
    /// That line of the submission, without the space around it.
    pub source: Option<String>,
}

/// Which store a load read, and which it could have read. Absent: the value from the beginning.
#[derive(Debug, Clone, Copy, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Reads {
    /// The step of the store that was read.
    #[schemars(range(min = 1))]
    pub from: Option<u64>,
    /// The step of the newest store.
    #[schemars(range(min = 1))]
    pub newest: Option<u64>,
}

/// A thread of an execution.
#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Thread {
    pub name: String,
    /// The functions of the submission that it runs, in the order of their first steps.
    pub calls: Vec<String>,
}

/// Something that threads synchronise with.
#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Object {
    /// As steps name it: the learner's own name where it is known, otherwise `Mutex #1`.
    pub name: String,
    /// Its type and number, such as `Mutex #1`.
    pub kind: String,
    /// Where it was made. Absent: in the check.
    pub file: Option<String>,
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    #[schemars(range(min = 1))]
    pub column: Option<u32>,
}

/// A thread that has not finished: it waits for something, or could go on.
#[derive(Debug, Clone, JsonSchema, Serialize)]
#[schemars(deny_unknown_fields)]
pub struct Waiting {
    pub thread: String,
    /// What it waits in.
    pub operation: WaitVerb,
    /// The object, or the thread, that it waits for.
    pub object: Option<String>,
    /// The threads that hold it.
    pub holders: Vec<String>,
    /// Absent: in the check.
    pub file: Option<String>,
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    #[schemars(range(min = 1))]
    pub column: Option<u32>,
}

impl From<&super::Failure> for Failure {
    fn from(failure: &super::Failure) -> Self {
        let super::Failure {
            kind,
            message,
            panic: _,
            explanation,
            diagnosis,
            place,
            function,
            about: _,
            alone: _,
            is_of_a_fact: _,
            token,
            recording,
        } = failure;
        let recording = recording.as_ref();
        Self {
            kind: *kind,
            message: message.clone(),
            explanation: explanation.clone(),
            diagnosis: diagnosis.as_ref().map(Diagnosis::from),
            place: place.clone(),
            function: function.clone(),
            token: token.clone(),
            trace: recording.map(trace).unwrap_or_default(),
            threads: recording.map(threads).unwrap_or_default(),
            objects: recording.map(objects).unwrap_or_default(),
            waiting: recording.map(waiting).unwrap_or_default(),
        }
    }
}

impl From<&super::Diagnosis> for Diagnosis {
    fn from(diagnosis: &super::Diagnosis) -> Self {
        let super::Diagnosis { kind, message, steps, lines } = diagnosis;
        let steps = steps.iter().map(|citation| number(citation.step)).collect();
        Self { kind: *kind, message: message.clone(), steps, lines: lines.clone() }
    }
}

impl From<&super::Example> for Example {
    fn from(example: &super::Example) -> Self {
        let super::Example { token, recording } = example;
        Self {
            token: token.clone(),
            trace: trace(recording),
            threads: threads(recording),
            objects: objects(recording),
        }
    }
}

impl Serialize for super::Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Failure::from(self).serialize(serializer)
    }
}

impl Serialize for super::Example {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Example::from(self).serialize(serializer)
    }
}

/// A place of the submission, in the parts that JSON has.
fn parts(place: &Place) -> (Option<String>, Option<u32>, Option<u32>) {
    match in_submission(place) {
        Some(Place { file, line, column }) => (Some(file.to_string()), Some(*line), Some(*column)),
        None => (None, None, None),
    }
}

fn trace(recording: &Recording) -> Vec<Step> {
    let step = |((id, step), source): ((_, &model_trace::Step), &Option<String>)| {
        let (file, line, column) = parts(&step.place);
        let operation = step.operation;
        Step {
            step: number(id),
            thread: recording.thread(step.thread).to_owned(),
            operation: Verb::of(operation),
            object: verb::object(operation, recording),
            value: verb::value(operation, recording),
            ordering: operation.order().map(model_trace::Order::as_str),
            reads: operation
                .reads()
                .map(|reads| Reads { from: reads.from.map(number), newest: reads.newest.map(number) }),
            file,
            line,
            column,
            source: source.clone(),
        }
    };
    recording.steps().zip(&recording.lines).map(step).collect()
}

fn threads(recording: &Recording) -> Vec<Thread> {
    let thread = |thread: model_trace::ThreadId| Thread {
        name: recording.thread(thread).to_owned(),
        calls: recording.calls[thread.index()].clone(),
    };
    recording.acting_threads().into_iter().map(thread).collect()
}

fn objects(recording: &Recording) -> Vec<Object> {
    let object = |(object, name): (&model_trace::Object, &Option<String>)| {
        let (file, line, column) = parts(&object.created);
        let kind = object.to_string();
        Object { name: name.clone().unwrap_or_else(|| kind.clone()), kind, file, line, column }
    };
    recording.execution.objects.iter().zip(&recording.names).map(object).collect()
}

fn waiting(recording: &Recording) -> Vec<Waiting> {
    let end = recording.history().end();
    let waiting = |waiting: &model_trace::Waiting| {
        let (file, line, column) = parts(&waiting.place);
        let (awaited, holders) = match waiting.wait.blocker() {
            Some(Blocker::Object(object)) => {
                (Some(recording.object(object).into_owned()), end.holders(object))
            }
            Some(Blocker::Thread(thread)) => (Some(recording.thread(thread).to_owned()), &[][..]),
            None => (None, &[][..]),
        };
        Waiting {
            thread: recording.thread(waiting.thread).to_owned(),
            operation: WaitVerb::of(waiting.wait, recording),
            object: awaited,
            holders: holders.iter().map(|holder| recording.thread(*holder).to_owned()).collect(),
            file,
            line,
            column,
        }
    };
    recording.execution.waiting.iter().map(waiting).collect()
}
