//! What is asked of a check's process, and what its answer and its end are worth.
//!
//! A check has passed only if its process ended with 0 *and* gave exactly one well-formed report of this
//! check with this run's nonce that says so. What it printed is never looked at for that.

use model_trace::wire::{Answer, Outcome as Told};
use model_trace::{Cause, Place};
use serde::Serialize;

use super::told;
use crate::process::{Captured, End, Finished};
use crate::report::{Coverage, Engine, FailureKind, sanitised};
use crate::trace::Execution;

/// Longest texts that a report takes over from a submission.
const MAX_MESSAGE: usize = 4 * 1024;
pub(super) const MAX_WORD: usize = 200;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Request {
    pub nonce: String,
    pub check: String,
    pub engine: Engine,
    pub preemptions: Option<u64>,
    pub executions: u64,
    pub seed: u64,
    pub task: Task,
}

/// What to do with a check. On real threads it can only be run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Task {
    /// Tell whether it passes.
    Judge {},
    /// Run one schedule again.
    Replay {
        schedule: String,
        /// Whether to wait for a debugger where it fails.
        debugger: bool,
    },
    /// Look for a smaller failure than that of a schedule.
    Shrink { schedule: String },
    /// Show how it passes.
    Show {},
}

impl Request {
    pub(crate) fn to_line(&self) -> String {
        let mut line = serde_json::json!(self).to_string();
        line.push('\n');
        line
    }
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Passed {
        coverage: Option<Coverage>,
        /// How it passes, if that was asked for.
        example: Option<Execution>,
    },
    Failed {
        kind: FailureKind,
        message: String,
        execution: Execution,
        coverage: Option<Coverage>,
    },
    TimedOut {
        message: String,
    },
    Crashed {
        message: String,
    },
    /// It could not be run on this code, which says nothing about the code.
    Unsupported {
        message: String,
    },
}

/// Judges a check by its process's answer and end.
pub(crate) fn judge(request: &Request, finished: &Finished) -> Outcome {
    match finished.end {
        End::TimedOut => {
            return Outcome::TimedOut {
                message: format!(
                    "the check was still running after {} s and was ended",
                    finished.duration.as_secs()
                ),
            };
        }
        End::Stalled => {
            return failed(
                FailureKind::Deadlock,
                "every thread is asleep and nothing can wake them".to_owned(),
            );
        }
        End::Signalled(signal) => return Outcome::Crashed { message: crash(signal, &finished.stderr) },
        End::Exited(0) => {}
        End::Exited(code) => {
            return failed(
                FailureKind::EndedEarly,
                format!("the process ended itself with code {code} before the check was over"),
            );
        }
    }
    match answer(request, &finished.answer) {
        Ok(answer) => told(answer),
        Err(message) => failed(FailureKind::EndedEarly, message.to_owned()),
    }
}

fn failed(kind: FailureKind, message: String) -> Outcome {
    Outcome::Failed { kind, message, execution: Execution::default(), coverage: None }
}

fn answer(request: &Request, captured: &Captured) -> Result<Answer, &'static str> {
    if captured.bytes.is_empty() {
        return Err("the process ended before the check was over");
    }
    if captured.truncated {
        return Err("the check's report is too long to be one");
    }
    let text = std::str::from_utf8(&captured.bytes).map_err(|_| "the check's report is malformed")?;
    let line = text.strip_suffix('\n').ok_or("the check's report is malformed")?;
    if line.contains('\n') {
        return Err("there is more than one report");
    }
    let answer: Answer = serde_json::from_str(line).map_err(|_| "the check's report is malformed")?;
    if !is_complete(&answer.outcome) {
        return Err("the check's report is malformed");
    }
    if answer.nonce != request.nonce || answer.check != request.check {
        return Err("the report is of another run");
    }
    Ok(answer)
}

/// Whether everything that an execution refers to is in it.
fn is_complete(outcome: &Told) -> bool {
    let (Told::Passed { execution } | Told::Failed { execution, .. }) = outcome else { return true };
    let thread = match outcome {
        Told::Failed { cause: Cause::Panic { thread, .. }, .. } => *thread,
        Told::Failed { cause: Cause::TooManySteps { thread, .. }, .. } => Some(*thread),
        Told::Failed { cause: Cause::Deadlock {}, .. }
        | Told::Passed { .. }
        | Told::NeverHappens {}
        | Told::Diverged { .. }
        | Told::Unsupported { .. } => None,
    };
    let threads = execution.as_ref().map_or(0, |execution| execution.threads.len());
    execution.as_ref().is_none_or(|execution| execution.is_complete())
        && thread.is_none_or(|thread| thread.index() < threads)
}

fn told(answer: Answer) -> Outcome {
    let coverage = answer.coverage.map(|covered| Coverage {
        executions: covered.executions,
        preemptions: covered.preemptions,
        complete: covered.complete,
    });
    match answer.outcome {
        Told::Passed { execution } => {
            Outcome::Passed { coverage, example: execution.map(|sent| told::execution(&sent)) }
        }
        Told::Failed { cause, execution: sent } => {
            let sent = sent.as_deref();
            let message = without_check_places(&sanitised(&told::message(&cause, sent), MAX_MESSAGE));
            let (kind, place) = match cause {
                Cause::Panic { place: at, .. } => {
                    let place = at.and_then(place);
                    (kind_of_panic(&message, place.is_some()), place)
                }
                // A deadlock is at several places, and its message names them.
                Cause::Deadlock {} => (FailureKind::Deadlock, None),
                Cause::TooManySteps { place: at, .. } => (FailureKind::TooManySteps, place(at)),
            };
            let message = match place {
                Some((file, line)) => format!("{message} (at {file}:{line})"),
                None => message,
            };
            let execution = sent.map(told::execution).unwrap_or_default();
            Outcome::Failed { kind, message, execution, coverage }
        }
        Told::NeverHappens {} => Outcome::Failed {
            kind: FailureKind::NeverHappens,
            message: "not one of the interleavings that were tried shows it".to_owned(),
            execution: Execution::default(),
            coverage,
        },
        Told::Diverged { steps, place: at } => {
            let place = place(at).map_or_else(String::new, |(file, line)| format!(", at {file}:{line}"));
            let message =
                format!("after {steps} steps{place}, this code leaves the schedule and goes another way");
            Outcome::Unsupported { message }
        }
        Told::Unsupported { message, call, place: at } => {
            let place = at
                .and_then(place)
                .map_or_else(|| "in the check".to_owned(), |(file, line)| format!("{file}:{line}"));
            let message = sanitised(&message, MAX_MESSAGE);
            Outcome::Unsupported {
                message: format!("`{}` at {place}: {message}", sanitised(&call, MAX_WORD)),
            }
        }
    }
}

/// The kind of a failure by a panic.
fn kind_of_panic(message: &str, in_submission: bool) -> FailureKind {
    let unfinished = ["not yet implemented", "not implemented"].iter().any(|text| message.starts_with(text));
    match (in_submission, unfinished) {
        (true, true) => FailureKind::NotImplemented,
        (true, false) => FailureKind::Panic,
        (false, _) => FailureKind::Assertion,
    }
}

/// A message, such as that of a deadlock, may name places. Those in the checks stay unnamed.
fn without_check_places(message: &str) -> String {
    let mut parts = message.split(" at ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let word = part.split([' ', ';', ',']).next().unwrap_or_default();
        let in_check = word.contains(".rs:") && !word.starts_with("src/");
        text.push_str(if in_check { " (in the check)" } else { " at " });
        text.push_str(if in_check { &part[word.len()..] } else { part });
    }
    text
}

/// A place in the learner's own file; others are the check's, and stay unnamed.
fn place(place: Place) -> Option<(String, u32)> {
    place.file.starts_with("src/").then(|| (sanitised(&place.file, MAX_WORD), place.line))
}

fn crash(signal: i32, stderr: &Captured) -> String {
    const LINES: usize = 5;
    let name = match nix::sys::signal::Signal::try_from(signal) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("signal {signal}"),
    };
    let text = String::from_utf8_lossy(&stderr.bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = sanitised(&lines[lines.len().saturating_sub(LINES)..].join("\n"), MAX_MESSAGE);
    if last.is_empty() {
        format!("the process died of {name}")
    } else {
        format!("the process died of {name}:\n{last}")
    }
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
