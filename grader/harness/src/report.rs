//! The answer: what became of the check.

use model_std::model::{Coverage, Failure, Misfit, Object, Step, Unsupported, Waiting};
use serde_json::{Value, json};

use crate::request::Request;

pub(crate) struct Report {
    outcome: Outcome,
    coverage: Option<Coverage>,
}

enum Outcome {
    Passed,
    Failed {
        kind: String,
        message: String,
        file: Option<String>,
        line: Option<u32>,
        execution: Value,
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
        Self { outcome: Outcome::Passed, coverage }
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
                execution: execution(failure),
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

    /// The program does not go the way of the schedule any more.
    pub(crate) fn misfit(misfit: &Misfit) -> Self {
        let Misfit { steps, file, line } = misfit;
        let message = format!("the schedule fits for {steps} steps, and then this code goes another way");
        let call = "the schedule".to_owned();
        let outcome = Outcome::Unsupported { message, call, file: Some(file.clone()), line: Some(*line) };
        Self { outcome, coverage: None }
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
            Self::Passed => json!({ "status": "passed" }),
            Self::Failed { kind, message, file, line, execution } => json!({
                "status": "failed", "kind": kind, "message": message, "file": file, "line": line, "execution": execution,
            }),
            Self::Unsupported { message, call, file, line } => json!({
                "status": "unsupported", "message": message, "call": call, "file": file, "line": line,
            }),
        }
    }
}

/// The failing execution, in full.
fn execution(failure: &Failure) -> Value {
    json!({
        "preemptions": failure.preemptions,
        "schedule": failure.schedule.to_string(),
        "trace": failure.trace.iter().map(step).collect::<Vec<_>>(),
        "objects": failure.objects.iter().map(object).collect::<Vec<_>>(),
        "waiting": failure.waiting.iter().map(waiting).collect::<Vec<_>>(),
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
