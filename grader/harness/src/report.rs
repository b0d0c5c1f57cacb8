//! The answer: what became of the check.

use model_std::model::{Coverage, Example, Failure, Misfit, Object, Step, Unsupported, Waiting};
use serde_json::{Value, json};

use crate::request::Request;

pub(crate) struct Report {
    outcome: Outcome,
    coverage: Option<Coverage>,
}

enum Outcome {
    Passed {
        execution: Value,
    },
    Failed {
        kind: String,
        message: String,
        file: Option<String>,
        line: Option<u32>,
        execution: Value,
    },
    /// The program does not go the way of the schedule that it was to follow.
    Misfit {
        steps: usize,
        file: String,
        line: u32,
    },
    /// The check itself could not be run: no verdict on the learner's code.
    Unsupported {
        message: String,
        call: String,
        file: Option<String>,
        line: Option<u32>,
    },
}

impl Report {
    pub(crate) fn passed(coverage: Option<Coverage>) -> Self {
        Self { outcome: Outcome::Passed { execution: Value::Null }, coverage }
    }

    pub(crate) fn example(example: &Example) -> Self {
        let Example { trace, objects, schedule } = example;
        let execution = execution(&schedule.to_string(), trace, objects, &[]);
        Self { outcome: Outcome::Passed { execution }, coverage: None }
    }

    pub(crate) fn failed(kind: &str, message: String, file: Option<String>, line: Option<u32>) -> Self {
        let outcome = Outcome::Failed { kind: kind.to_owned(), message, file, line, execution: Value::Null };
        Self { outcome, coverage: None }
    }

    pub(crate) fn counterexample(failure: &Failure) -> Self {
        Self {
            outcome: Outcome::Failed {
                kind: failure.kind.as_str().to_owned(),
                message: failure.message.clone(),
                file: Some(failure.file.clone()),
                line: Some(failure.line),
                execution: execution(
                    &failure.schedule.to_string(),
                    &failure.trace,
                    &failure.objects,
                    &failure.waiting,
                ),
            },
            coverage: Some(failure.coverage),
        }
    }

    pub(crate) fn never_happens(message: &str, coverage: Coverage) -> Self {
        Self { coverage: Some(coverage), ..Self::failed("never_happens", message.to_owned(), None, None) }
    }

    pub(crate) fn unsupported(unsupported: Unsupported) -> Self {
        let Unsupported { call, file, line, message } = unsupported;
        let outcome = Outcome::Unsupported { message, call, file: Some(file), line: Some(line) };
        Self { outcome, coverage: None }
    }

    pub(crate) fn misfit(misfit: Misfit) -> Self {
        let Misfit { steps, file, line } = misfit;
        Self { outcome: Outcome::Misfit { steps, file, line }, coverage: None }
    }

    pub(crate) fn no_schedule(message: String) -> Self {
        let call = "the schedule".to_owned();
        Self { outcome: Outcome::Unsupported { message, call, file: None, line: None }, coverage: None }
    }

    pub(crate) fn unknown_check(name: &str) -> Self {
        let message = format!("this binary has no check `{name}`");
        let outcome = Outcome::Unsupported { message, call: name.to_owned(), file: None, line: None };
        Self { outcome, coverage: None }
    }

    pub(crate) fn to_json(&self, request: &Request) -> Value {
        json!({
            "nonce": request.nonce,
            "check": request.check,
            "outcome": self.outcome.to_json(),
            "coverage": self.coverage.as_ref().map(|coverage| json!({
                "executions": coverage.executions,
                "preemptions": coverage.preemptions,
                "complete": coverage.complete,
            })),
        })
    }
}

impl Outcome {
    fn to_json(&self) -> Value {
        match self {
            Self::Passed { execution } => json!({ "status": "passed", "execution": execution }),
            Self::Failed { kind, message, file, line, execution } => json!({
                "status": "failed", "kind": kind, "message": message, "file": file, "line": line, "execution": execution,
            }),
            Self::Misfit { steps, file, line } => json!({
                "status": "misfit", "steps": steps, "file": file, "line": line,
            }),
            Self::Unsupported { message, call, file, line } => json!({
                "status": "unsupported", "message": message, "call": call, "file": file, "line": line,
            }),
        }
    }
}

/// An execution, in full.
fn execution(schedule: &str, trace: &[Step], objects: &[Object], unfinished: &[Waiting]) -> Value {
    json!({
        "schedule": schedule,
        "trace": trace.iter().map(step).collect::<Vec<_>>(),
        "objects": objects.iter().map(object).collect::<Vec<_>>(),
        "waiting": unfinished.iter().map(waiting).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "thread": step.thread,
        "operation": step.operation,
        "object": step.object,
        "value": step.value,
        "ordering": step.ordering,
        "reads": step.reads.map(|reads| json!({ "from": reads.from, "newest": reads.newest })),
        "place": place(step.file, step.line, step.column),
    })
}

fn object(object: &Object) -> Value {
    json!({ "name": object.name, "place": place(object.file, object.line, object.column) })
}

fn waiting(waiting: &Waiting) -> Value {
    json!({
        "thread": waiting.thread,
        "operation": waiting.operation,
        "object": waiting.object,
        "holders": waiting.holders,
        "place": place(waiting.file, waiting.line, waiting.column),
    })
}

fn place(file: &str, line: u32, column: u32) -> Value {
    json!({ "file": file, "line": line, "column": column })
}
