//! An execution as a check's process tells it, made fit for a report.

use serde::Deserialize;

use super::protocol::MAX_WORD;
use crate::report::{Object, Reads, Step, Waiting, sanitised};
use crate::trace::Execution;

/// Longer ones do not occur: two characters for each of the choices of an execution.
const MAX_SCHEDULE: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldExecution {
    schedule: String,
    trace: Vec<ToldStep>,
    objects: Vec<ToldObject>,
    waiting: Vec<ToldWaiting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldStep {
    thread: String,
    operation: String,
    object: Option<String>,
    value: Option<String>,
    ordering: Option<String>,
    reads: Option<ToldReads>,
    place: ToldPlace,
}

/// Positions in the trace, from 0.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldReads {
    from: Option<u64>,
    newest: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldObject {
    name: String,
    place: ToldPlace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldWaiting {
    thread: String,
    operation: String,
    object: Option<String>,
    holders: Vec<String>,
    place: ToldPlace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldPlace {
    file: String,
    line: u32,
    column: u32,
}

/// A place in the learner's own file, in the parts that a report has.
type Place = (Option<String>, Option<u32>, Option<u32>);

impl ToldExecution {
    pub(super) fn execution(self) -> Execution {
        Execution {
            schedule: sanitised(&self.schedule, MAX_SCHEDULE),
            trace: self.trace.into_iter().zip(1..).map(|(step, number)| step.report(number)).collect(),
            objects: self.objects.into_iter().map(ToldObject::report).collect(),
            waiting: self.waiting.into_iter().map(ToldWaiting::report).collect(),
        }
    }
}

impl ToldPlace {
    /// Places outside of the submission are the check's, and stay unnamed.
    fn report(self) -> Place {
        if self.file.starts_with("src/") {
            (Some(word(&self.file)), Some(self.line), Some(self.column))
        } else {
            (None, None, None)
        }
    }
}

impl ToldStep {
    fn report(self, step: u64) -> Step {
        let (file, line, column) = self.place.report();
        Step {
            step,
            thread: word(&self.thread),
            operation: word(&self.operation),
            object: self.object.as_deref().map(word),
            value: self.value.as_deref().map(word),
            ordering: self.ordering.as_deref().map(word),
            reads: self.reads.map(|reads| Reads {
                from: reads.from.map(|position| position + 1),
                newest: reads.newest.map(|position| position + 1),
            }),
            file,
            line,
            column,
            source: None,
        }
    }
}

impl ToldObject {
    fn report(self) -> Object {
        let (file, line, column) = self.place.report();
        let name = word(&self.name);
        Object { kind: name.clone(), name, file, line, column }
    }
}

impl ToldWaiting {
    fn report(self) -> Waiting {
        let (file, line, column) = self.place.report();
        Waiting {
            thread: word(&self.thread),
            operation: word(&self.operation),
            object: self.object.as_deref().map(word),
            holders: self.holders.iter().map(|holder| word(holder)).collect(),
            file,
            line,
            column,
        }
    }
}

fn word(text: &str) -> String {
    sanitised(text, MAX_WORD)
}
