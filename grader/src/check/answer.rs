//! The answer of a check's process, made fit for a report. The process runs the submission's code, so nothing in
//! its answer is believed: what does not fit is no answer, texts are cleaned and short, and only places in the
//! submission keep their names.

use model_trace::wire::{self, Answer};
use model_trace::{Coverage, Execution, Place, Sampling};

use super::outcome::{Cause, EndedEarly, InternalError, NoOutcome, Outcome, Unsupported};
use crate::report::{in_submission, sanitised};

/// Longest texts that a report takes over from a submission, in bytes.
pub(super) const MAX_MESSAGE: usize = 4 * 1024;
const MAX_WORD: usize = 200;
/// Two characters for each of the choices of an execution are fewer.
const MAX_SCHEDULE: usize = 64 * 1024;

/// The explorer stops an execution long before: these bound the work on an answer that it has not given.
const MAX_THREADS: usize = 1_000;
const MAX_OBJECTS: usize = 20_000;
const MAX_STEPS: usize = 50_000;

/// What an answer says.
///
/// # Errors
/// Why it says nothing about the code: how the process has ended instead, or what is wrong with whoever ran the check.
pub(super) fn outcome(answer: Answer) -> Result<Outcome, NoOutcome> {
    let coverage = answer.coverage.map(covered);
    Ok(match answer.outcome {
        wire::Outcome::Passed { execution: shown } => {
            Outcome::Passed { coverage, execution: shown.map(|shown| execution(*shown)).transpose()? }
        }
        wire::Outcome::Failed { cause: failed, execution: shown } => {
            let execution = shown.map(|shown| execution(*shown)).transpose()?;
            let cause = cause(failed, execution.as_ref())?;
            Outcome::Failed { cause, execution, coverage }
        }
        wire::Outcome::NeverHappens {} => {
            Outcome::Failed { cause: Cause::NeverHappens, execution: None, coverage }
        }
        wire::Outcome::Diverged { steps, place: at } => {
            Outcome::Unsupported(Unsupported::Diverges { steps, place: submitted(Some(at))? })
        }
        wire::Outcome::Unsupported { call, message, place: at } => {
            Outcome::Unsupported(Unsupported::NoModel {
                call: word(&call),
                message: sanitised(&message, MAX_MESSAGE),
                place: submitted(at)?,
            })
        }
        wire::Outcome::Internal { message, schedule } => {
            return Err(NoOutcome::Internal(InternalError {
                message: sanitised(&message, MAX_MESSAGE),
                schedule: sanitised(&schedule, MAX_SCHEDULE),
            }));
        }
    })
}

fn covered(coverage: Coverage) -> crate::report::Coverage {
    let Coverage { executions, preemptions, complete, exhaustive: _, limits, sampling } = coverage;
    let complete = complete && sampling.is_none();
    let sampling = sampling.map(|Sampling { seed, depth, .. }| crate::report::Sampling { seed, depth });
    crate::report::Coverage { executions, preemptions, complete, limits, sampling }
}

fn cause(cause: model_trace::Cause, execution: Option<&Execution>) -> Result<Cause, EndedEarly> {
    let threads = execution.map_or(0, |execution| execution.threads.len());
    Ok(match cause {
        model_trace::Cause::Panic { message, place: at, thread } => {
            if thread.is_some_and(|thread| thread.index() >= threads) {
                return Err(EndedEarly::Malformed);
            }
            Cause::Panic { message: sanitised(&message, MAX_MESSAGE), place: submitted(at)?, thread }
        }
        model_trace::Cause::Deadlock {} => Cause::Deadlock,
        model_trace::Cause::TooManySteps { limit, place: at, thread } => {
            if thread.index() >= threads {
                return Err(EndedEarly::Malformed);
            }
            Cause::TooManySteps { limit, thread, place: place(at)? }
        }
    })
}

/// An execution that is whole: everything in it that refers to something refers to a part of it.
fn execution(execution: Execution) -> Result<Execution, EndedEarly> {
    let Execution { schedule, mut threads, mut objects, mut steps, mut waiting } = execution;
    let few = threads.len() <= MAX_THREADS && objects.len() <= MAX_OBJECTS && steps.len() <= MAX_STEPS;
    if !few || waiting.len() > threads.len() {
        return Err(EndedEarly::Malformed);
    }
    threads.iter_mut().for_each(|thread| thread.name = word(&thread.name));
    let created = objects.iter_mut().map(|object| &mut object.created);
    let taken = steps.iter_mut().map(|step| &mut step.place);
    let waited = waiting.iter_mut().map(|waiting| &mut waiting.place);
    for at in created.chain(taken).chain(waited) {
        *at = place(std::mem::replace(at, NOWHERE))?;
    }
    let schedule = sanitised(&schedule, MAX_SCHEDULE);
    let execution = Execution { schedule, threads, objects, steps, waiting };
    if execution.is_complete() { Ok(execution) } else { Err(EndedEarly::Malformed) }
}

/// Stands for every place that is not in the submission.
const NOWHERE: Place = Place { file: std::borrow::Cow::Borrowed(""), line: 0, column: 0 };

/// A place in the submission, or [`NOWHERE`].
fn place(place: Place) -> Result<Place, EndedEarly> {
    match in_submission(&place) {
        Some(Place { line: 0, .. } | Place { column: 0, .. }) => Err(EndedEarly::Malformed),
        Some(Place { file, line, column }) => {
            Ok(Place { file: word(file).into(), line: *line, column: *column })
        }
        None => Ok(NOWHERE),
    }
}

/// A place in the submission, if it is one.
fn submitted(at: Option<Place>) -> Result<Option<Place>, EndedEarly> {
    let at = at.map(place).transpose()?;
    Ok(at.filter(|at| in_submission(at).is_some()))
}

/// A short text, of one line.
fn word(text: &str) -> String {
    sanitised(text, MAX_WORD).replace(['\n', '\t'], " ")
}
