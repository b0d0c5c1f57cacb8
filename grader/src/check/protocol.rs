//! What is asked of a check's process, and what its answer and its end are worth.
//!
//! A check has passed only if its process ended with 0 *and* gave exactly one well-formed report of this
//! check with this run's nonce that says so. What it printed is never looked at for that.

use serde::{Deserialize, Serialize};

use super::told::ToldExecution;
use crate::process::{Captured, End, Ended};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    nonce: String,
    check: String,
    outcome: Told,
    coverage: Option<Coverage>,
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
enum Told {
    Passed {
        execution: Option<ToldExecution>,
    },
    Failed {
        kind: String,
        message: String,
        file: Option<String>,
        line: Option<u32>,
        execution: Option<ToldExecution>,
    },
    Misfit {
        steps: u64,
        file: String,
        line: u32,
    },
    Unsupported {
        message: String,
        call: String,
        file: Option<String>,
        line: Option<u32>,
    },
}

/// Judges a check by its process's answer and end.
pub(crate) fn judge(request: &Request, ended: &Ended) -> Outcome {
    match ended.end {
        End::TimedOut => {
            return Outcome::TimedOut {
                message: format!(
                    "the check was still running after {} s and was ended",
                    ended.duration.as_secs()
                ),
            };
        }
        End::Stalled => {
            return failed(
                FailureKind::Deadlock,
                "every thread is asleep and nothing can wake them".to_owned(),
            );
        }
        End::Signalled(signal) => return Outcome::Crashed { message: crash(signal, &ended.stderr) },
        End::Exited(0) => {}
        End::Exited(code) => {
            return failed(
                FailureKind::EndedEarly,
                format!("the process ended itself with code {code} before the check was over"),
            );
        }
    }
    match answer(request, &ended.answer) {
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
    if captured.cut {
        return Err("the check's report is too long to be one");
    }
    let text = std::str::from_utf8(&captured.bytes).map_err(|_| "the check's report is malformed")?;
    let line = text.strip_suffix('\n').ok_or("the check's report is malformed")?;
    if line.contains('\n') {
        return Err("there is more than one report");
    }
    let answer: Answer = serde_json::from_str(line).map_err(|_| "the check's report is malformed")?;
    if answer.nonce != request.nonce || answer.check != request.check {
        return Err("the report is of another run");
    }
    Ok(answer)
}

fn told(answer: Answer) -> Outcome {
    let coverage = answer.coverage;
    match answer.outcome {
        Told::Passed { execution } => {
            Outcome::Passed { coverage, example: execution.map(ToldExecution::execution) }
        }
        Told::Failed { kind, message, file, line, execution } => {
            let message = without_check_places(&sanitised(&message, MAX_MESSAGE));
            let place = place(file, line);
            let Some(kind) = kind_of(&kind, &message, place.is_some()) else {
                return Outcome::Unsupported { message: format!("{kind}: {message}") };
            };
            // A deadlock is at several places, and its message names them.
            let message = match place.filter(|_| kind != FailureKind::Deadlock) {
                Some((file, line)) => format!("{message} (at {file}:{line})"),
                None => message,
            };
            let execution = execution.map(ToldExecution::execution).unwrap_or_default();
            Outcome::Failed { kind, message, execution, coverage }
        }
        Told::Misfit { steps, file, line } => {
            let at = place(Some(file), Some(line));
            let place = at.map_or_else(String::new, |(file, line)| format!(", at {file}:{line}"));
            let message =
                format!("after {steps} steps{place}, this code leaves the schedule and goes another way");
            Outcome::Unsupported { message }
        }
        Told::Unsupported { message, call, file, line } => {
            let place = place(file, line)
                .map_or_else(|| "in the check".to_owned(), |(file, line)| format!("{file}:{line}"));
            let message = sanitised(&message, MAX_MESSAGE);
            Outcome::Unsupported {
                message: format!("`{}` at {place}: {message}", sanitised(&call, MAX_WORD)),
            }
        }
    }
}

/// The kind of a failure that a harness reports; `None` for one that is no verdict on the code.
fn kind_of(kind: &str, message: &str, in_submission: bool) -> Option<FailureKind> {
    let unfinished = ["not yet implemented", "not implemented"].iter().any(|text| message.starts_with(text));
    match kind {
        "panic" if in_submission && unfinished => Some(FailureKind::NotImplemented),
        "panic" if in_submission => Some(FailureKind::Panic),
        "panic" | "assertion" => Some(FailureKind::Assertion),
        "deadlock" => Some(FailureKind::Deadlock),
        "too_many_steps" => Some(FailureKind::TooManySteps),
        "never_happens" => Some(FailureKind::NeverHappens),
        // Code that behaves differently in one and the same schedule cannot be searched.
        _ => None,
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
fn place(file: Option<String>, line: Option<u32>) -> Option<(String, u32)> {
    let file = file.filter(|file| file.starts_with("src/"))?;
    Some((sanitised(&file, MAX_WORD), line?))
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
