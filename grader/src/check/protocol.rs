//! What is asked of a check's process, and what its answer and its end are worth.
//!
//! A check has passed only if its process ended with 0 *and* gave exactly one well-formed report of this
//! check with this run's nonce that says so, and with the seal, which is given only to a process whose check has returned.
//! What it printed is never looked at for that.

use model_trace::wire::{Answer, Engine, Request, UNSENT};
use serde::de::DeserializeOwned;

use super::Asked;
use super::answer::{self, MAX_MESSAGE};
use super::outcome::{Cause, Crash, EndedEarly, Forgery, InternalError, NoOutcome, Outcome};
use crate::process::{Captured, Claim, End, Finished};
use crate::report::sanitised;

/// A request, as the process reads it.
pub(crate) fn line(request: &Request) -> String {
    let mut line = serde_json::json!(request).to_string();
    line.push('\n');
    line
}

/// Judges a check by its process's answer and end. `asked` is what the process does not know, `seal` what it had to learn.
///
/// # Errors
/// What the explorer says about an error of its own.
pub(super) fn judge(
    request: &Request,
    asked: Asked,
    seal: &str,
    finished: &Finished,
) -> Result<Outcome, InternalError> {
    if finished.claim == Claim::FromElsewhere {
        return Ok(failed(Cause::Forged(Forgery::TooEarly)));
    }
    Ok(match finished.end {
        End::TimedOut => Outcome::TimedOut { after: finished.duration },
        End::Stalled => failed(Cause::Stalled),
        End::Idle => failed(Cause::Idle),
        End::Exceeded(ceiling) => failed(Cause::Exceeded(ceiling)),
        End::OpenedSocket => failed(Cause::OpenedSocket),
        End::Signalled(signal) => {
            Outcome::Crashed(Crash { signal, last_words: last_words(&finished.stderr) })
        }
        End::Exited(0) => {
            let read = read(request, &finished.answer).map_err(NoOutcome::from);
            let sealed = read.as_ref().is_ok_and(|answer| answer.seal.as_deref() == Some(seal));
            match read.and_then(answer::outcome) {
                Ok(Outcome::Passed { .. }) if asked == Asked::Decoy => {
                    failed(Cause::Forged(Forgery::MustFail))
                }
                Ok(Outcome::Passed { .. }) if !sealed => failed(Cause::Forged(Forgery::TooEarly)),
                Ok(outcome) => outcome,
                Err(NoOutcome::EndedEarly(early)) => failed(Cause::EndedEarly(early)),
                Err(NoOutcome::Internal(error)) => match request.engine {
                    Engine::Model => return Err(error),
                    // No explorer runs there.
                    Engine::Stress | Engine::Loom => failed(Cause::EndedEarly(EndedEarly::Malformed)),
                },
            }
        }
        End::Exited(UNSENT) => failed(Cause::EndedEarly(EndedEarly::Unsent)),
        End::Exited(code) => failed(Cause::EndedEarly(EndedEarly::Exit(code))),
    })
}

fn failed(cause: Cause) -> Outcome {
    Outcome::Failed { cause, execution: None, coverage: None }
}

fn read(request: &Request, captured: &Captured) -> Result<Answer, EndedEarly> {
    let answer: Answer = one_line(captured)?;
    if answer.nonce != request.nonce || answer.check != request.check {
        return Err(EndedEarly::OfAnotherRun);
    }
    Ok(answer)
}

/// The one line that a process has answered.
pub(crate) fn one_line<T: DeserializeOwned>(captured: &Captured) -> Result<T, EndedEarly> {
    if captured.bytes.is_empty() {
        return Err(EndedEarly::NoReport);
    }
    if captured.truncated {
        return Err(EndedEarly::Malformed);
    }
    let text = std::str::from_utf8(&captured.bytes).map_err(|_| EndedEarly::Malformed)?;
    let line = text.strip_suffix('\n').ok_or(EndedEarly::Malformed)?;
    if line.contains('\n') {
        return Err(EndedEarly::SeveralReports);
    }
    serde_json::from_str(line).map_err(|_| EndedEarly::Malformed)
}

/// The last lines of an output.
fn last_words(output: &Captured) -> String {
    const LINES: usize = 5;
    let text = String::from_utf8_lossy(&output.bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let words = lines[lines.len().saturating_sub(LINES)..].join("\n");
    sanitised(&without_other_files(&words), MAX_MESSAGE)
}

/// A text in which only files of the submission have names: what a hook prints may name those of the checks.
fn without_other_files(text: &str) -> String {
    const SOURCE: &str = ".rs";
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(SOURCE) {
        let (before, behind) = rest.split_at(at + SOURCE.len());
        let is_part = |letter: char| letter.is_alphanumeric() || "/._-\\:".contains(letter);
        let start = before.trim_end_matches(is_part).len();
        let (text, file) = before.split_at(start);
        shown.push_str(text);
        shown.push_str(if file.starts_with("src/") { file } else { "…" });
        rest = behind;
    }
    shown + rest
}
