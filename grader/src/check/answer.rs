//! The answer of a check's process, made fit for a report. The process runs the submission's code, so nothing in
//! its answer is believed: what does not fit is no answer, texts are cleaned and short, and only places in the
//! submission keep their names.

use model_trace::wire::{self, Answer};
use model_trace::{Coverage, Execution, Operation, PASSED_ON, Place, Sampling, Step, ThreadId};

use super::outcome::{Cause, EndedEarly, InternalError, NoOutcome, Outcome, Unsupported};
use crate::process::Ceiling;
use crate::report::{OF_STD, in_std, in_submission, sanitised};

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
        wire::Outcome::TooManyThreads { most } => {
            let cause = Cause::Exceeded(Ceiling::Threads { most });
            Outcome::Failed { cause, execution: None, coverage: None }
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
            let (message, place) = (sanitised(&message, MAX_MESSAGE), outside_of_the_check(at)?);
            let passed_on = execution.and_then(|execution| passed_on(&message, thread?, execution));
            passed_on.unwrap_or(Cause::Panic { message, place, thread })
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

/// The panic that a check passes on from a thread that it has joined, where that is outside of the check.
fn passed_on(message: &str, thread: ThreadId, execution: &Execution) -> Option<Cause> {
    let message = message.strip_prefix(PASSED_ON)?;
    let mut own = execution.steps.iter().rev().filter(|step| step.thread == thread);
    let is_panic = |step: &&Step| step.operation == Operation::Panic;
    own.find(is_panic)?;
    let Operation::Join { thread } = own.next()?.operation else { return None };
    let panic = execution.steps.iter().rfind(|step| step.thread == thread && is_panic(step))?;
    let is_outside = in_submission(&panic.place).is_some() || in_std(&panic.place);
    let cause =
        Cause::Panic { message: message.to_owned(), place: Some(panic.place.clone()), thread: Some(thread) };
    is_outside.then_some(cause)
}

/// An execution that is whole: everything in it that refers to something refers to a part of it.
fn execution(execution: Execution) -> Result<Execution, EndedEarly> {
    let Execution { schedule, mut threads, mut objects, mut steps, mut panics, mut waiting } = execution;
    let few = threads.len() <= MAX_THREADS && objects.len() <= MAX_OBJECTS && steps.len() <= MAX_STEPS;
    if !few || waiting.len() > threads.len() || panics.len() > steps.len() {
        return Err(EndedEarly::Malformed);
    }
    threads.iter_mut().for_each(|thread| thread.name = word(&thread.name));
    panics.iter_mut().for_each(|panic| panic.message = sanitised(&panic.message, MAX_MESSAGE));
    let created = objects.iter_mut().map(|object| &mut object.created);
    let taken = steps.iter_mut().map(|step| &mut step.place);
    let waited = waiting.iter_mut().map(|waiting| &mut waiting.place);
    for at in created.chain(taken).chain(waited) {
        *at = place(std::mem::replace(at, NOWHERE))?;
    }
    let schedule = sanitised(&schedule, MAX_SCHEDULE);
    let execution = Execution { schedule, threads, objects, steps, panics, waiting };
    if execution.is_complete() { Ok(execution) } else { Err(EndedEarly::Malformed) }
}

/// Stands for every place that is not in the submission.
const NOWHERE: Place = Place { file: std::borrow::Cow::Borrowed(""), line: 0, column: 0 };

/// Stands for every place in `std` itself.
const IN_STD: Place = Place { file: std::borrow::Cow::Borrowed(OF_STD), line: 0, column: 0 };

/// Whether a file is one of `std`, or of a crate that it consists of: where its source is installed, it has that path.
fn is_of_std(file: &str) -> bool {
    let is_a_part = |part: &str| file.contains(&format!("/library/{part}/src/"));
    file.starts_with('/') && ["core", "alloc", "std"].into_iter().any(is_a_part)
}

/// A place in the submission, [`IN_STD`] or [`NOWHERE`].
fn place(place: Place) -> Result<Place, EndedEarly> {
    match in_submission(&place) {
        Some(Place { line: 0, .. } | Place { column: 0, .. }) => Err(EndedEarly::Malformed),
        Some(Place { file, line, column }) => {
            Ok(Place { file: word(file).into(), line: *line, column: *column })
        }
        None if is_of_std(&place.file) => Ok(IN_STD),
        None => Ok(NOWHERE),
    }
}

/// A place in the submission, if it is one.
fn submitted(at: Option<Place>) -> Result<Option<Place>, EndedEarly> {
    Ok(outside_of_the_check(at)?.filter(|at| in_submission(at).is_some()))
}

/// A place in the submission or in `std`, if it is one.
fn outside_of_the_check(at: Option<Place>) -> Result<Option<Place>, EndedEarly> {
    let at = at.map(place).transpose()?;
    Ok(at.filter(|at| in_submission(at).is_some() || in_std(at)))
}

/// A short text, of one line.
fn word(text: &str) -> String {
    sanitised(text, MAX_WORD).replace(['\n', '\t'], " ")
}
