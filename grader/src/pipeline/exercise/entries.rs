//! The entries of a report: one for each check by each engine, in the suite's order.

use std::cell::LazyCell;

use model_trace::history::Ending;
use model_trace::{Execution, Limit, Place};

use super::{ExerciseRun, Judged};
use crate::check::{Cause, Outcome, Ran};
use crate::diagnosis::diagnose;
use crate::event::{Compilation, Event};
use crate::replay::Token;
use crate::report::{
    CheckReport, CheckStatus, Diagnosis, Example, Failure, FailureKind, Recording, SourceLine, in_submission,
    milliseconds,
};
use crate::source::{Source, lines_with_counts};
use crate::suite::{Entry, Subject};
use crate::trace::{Annotator, Failing};

impl<'a> ExerciseRun<'a> {
    /// Says that a check begins to run.
    pub(super) fn started(&self, entry: &Entry<'_>) {
        let exercise = self.exercise.slug.clone();
        self.grader.events.event(&Event::CheckStarted { exercise, check: entry.id() });
    }

    /// Says when a compiler begins and ends: `compile` calls what it is given when it is its turn.
    pub(super) fn compiling<R>(&self, what: Compilation, compile: impl FnOnce(&dyn Fn()) -> R) -> R {
        let exercise = || self.exercise.slug.clone();
        let compiled = compile(&|| {
            self.grader.events.event(&Event::CompilationStarted { exercise: exercise(), what });
        });
        self.grader.events.event(&Event::CompilationFinished { exercise: exercise(), what });
        compiled
    }

    /// A check that ran, which is an event.
    pub(super) fn judged(&self, entry: Entry<'a>, ran: Ran) -> Judged<'a> {
        self.grader.events.event(&Event::CheckFinished {
            exercise: self.exercise.slug.clone(),
            check: entry.id(),
            status: ran.outcome.status(),
            duration: ran.duration,
        });
        Judged { entry, ran, second_opinion: None }
    }

    /// A report on every check, in the suite's order: on those that were judged, and on those that did not run.
    pub(super) fn reports(&self, judged: Vec<Judged<'_>>, sources: &[Source]) -> Vec<CheckReport> {
        // The source is read for names only if there is a failure to use them in.
        let annotator = LazyCell::new(|| Annotator::of(sources));
        let looks_at_counts = !reference_counts(sources).is_empty();
        let mut judged: Vec<_> = judged.into_iter().map(|judged| (judged.entry.id(), judged)).collect();
        let report = |entry: &Entry<'a>| {
            let id = entry.id();
            match judged.iter().position(|(known, _)| *known == id) {
                Some(index) => {
                    let Judged { ran, second_opinion, .. } = judged.swap_remove(index).1;
                    let report = self.report(entry, ran, &annotator);
                    let coverage = report.coverage.map(|mut coverage| {
                        if looks_at_counts {
                            coverage.limits.insert(Limit::ReferenceCounts);
                        }
                        coverage
                    });
                    CheckReport { second_opinion, coverage, ..report }
                }
                None => skipped(entry),
            }
        };
        self.entries.iter().map(report).collect()
    }

    fn report<F: FnOnce() -> Annotator>(
        &self,
        entry: &Entry<'_>,
        ran: Ran,
        annotator: &LazyCell<Annotator, F>,
    ) -> CheckReport {
        let status = ran.outcome.status();
        let mut report = CheckReport {
            status,
            points: if status == CheckStatus::Passed { entry.points } else { 0 },
            duration_ms: milliseconds(ran.duration),
            ..skipped(entry)
        };
        let token = |execution: &Execution| {
            let (exercise, check) = (self.exercise.slug.clone(), entry.name.to_owned());
            let schedule = execution.schedule.clone();
            (!schedule.is_empty()).then(|| Token { exercise, check, schedule }.to_string())
        };
        let failure = |kind, message| Failure {
            explanation: entry.explanation.to_owned(),
            alone: is_alone(entry),
            is_of_a_fact: is_of_a_fact(entry),
            ..Failure::of(kind, message)
        };
        match ran.outcome {
            Outcome::Passed { coverage, execution } => {
                report.coverage = coverage;
                report.example = execution.and_then(|execution| {
                    let token = token(&execution)?;
                    Some(Example { token, recording: annotator.recording(execution, Ending::Complete) })
                });
            }
            Outcome::Failed { cause, execution, coverage } => {
                report.coverage = coverage;
                let kind = cause.kind();
                // What is shown where nothing fails need not be run again.
                let fails = execution.as_ref().filter(|_| kind.has_counterexample());
                let token = fails.and_then(token);
                let execution = execution.filter(|execution| !execution.steps.is_empty());
                let recording: Option<Recording> =
                    execution.map(|execution| annotator.recording(execution, cause.ending()));
                // With everything named, what there is to say about it can be said.
                let recorded = recording.as_ref();
                let diagnosis = recorded.and_then(|recording| diagnose(recording, kind, annotator.code()));
                let message = match (&cause, never(entry)) {
                    (Cause::NeverHappens, Some(never)) => never.to_owned(),
                    (cause, _) => cause.message(recorded),
                };
                let place = place_of(&cause, recorded, annotator);
                let guilty = diagnosis.as_ref().and_then(|diagnosis: &Diagnosis| diagnosis.lines.first());
                let guilty = guilty.map(|SourceLine { file, line }| Place {
                    file: file.clone().into(),
                    line: *line,
                    column: 1,
                });
                let function = guilty.as_ref().or(place.as_ref());
                let function = function.and_then(|place| annotator.code().function_of(place));
                let about = annotator.about(&Failing {
                    diagnosis: diagnosis.as_ref(),
                    message: &message,
                    recording: recorded,
                    title: entry.title,
                    promise: entry.explanation,
                });
                report.failure = Some(Failure {
                    about,
                    diagnosis,
                    panic: cause.panic().map(str::to_owned),
                    function: function.map(str::to_owned),
                    place: place.map(|Place { file, line, .. }| SourceLine { file: file.into_owned(), line }),
                    token,
                    recording,
                    ..failure(kind, message)
                });
            }
            Outcome::TimedOut { after } => {
                let seconds = after.as_secs();
                let message = format!("the check was still running after {seconds} s and was ended");
                report.failure = Some(failure(FailureKind::Timeout, message));
            }
            Outcome::Crashed(crash) => {
                report.failure = Some(failure(FailureKind::Crash, crash.message()));
            }
            Outcome::Unsupported(unsupported) => {
                let explanation =
                    "The check could not be run on this code. This is not a verdict on it.".to_owned();
                let failure = failure(FailureKind::Unsupported, unsupported.message());
                report.failure = Some(Failure { explanation, ..failure });
            }
            Outcome::NotRun(missing) => {
                let explanation =
                    "The check was not run, and has no points: where the other one fails, this one takes very long, or \
                    fails as well."
                        .to_owned();
                let failure = failure(FailureKind::Requirement, missing.message());
                report.failure = Some(Failure { explanation, ..failure });
            }
        }
        report
    }
}

fn is_alone(entry: &Entry<'_>) -> bool {
    match entry.subject {
        Subject::Check(check) => check.alone,
        Subject::Contract(_) => false,
    }
}

fn never<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    match entry.subject {
        Subject::Check(check) => check.never.as_deref(),
        Subject::Contract(_) => None,
    }
}

fn is_of_a_fact(entry: &Entry<'_>) -> bool {
    match entry.subject {
        Subject::Check(check) => check.establishes.is_some(),
        Subject::Contract(_) => false,
    }
}

/// Where in the submission it happened, or where the function begins that the check called last.
fn place_of(cause: &Cause, recording: Option<&Recording>, annotator: &Annotator) -> Option<Place> {
    match cause {
        Cause::TooManySteps { place, .. } => in_submission(place).cloned(),
        Cause::Panic { place, thread, .. } => {
            let own = place.as_ref().and_then(in_submission).cloned();
            own.or_else(|| annotator.last_call(recording?, *thread))
        }
        Cause::Deadlock => {
            let waiting = &recording?.execution.waiting;
            waiting.iter().find_map(|waiting| in_submission(&waiting.place)).cloned()
        }
        Cause::Stalled
        | Cause::Idle
        | Cause::NeverHappens
        | Cause::EndedEarly(_)
        | Cause::Exceeded(_)
        | Cause::OpenedSocket
        | Cause::Forged(_)
        | Cause::Compiles
        | Cause::DoesNotCompile { .. }
        | Cause::RejectedForAnotherReason { .. } => None,
    }
}

/// Where the work looks at reference counts.
pub(super) fn reference_counts(sources: &[Source]) -> Vec<SourceLine> {
    let lines = |source: &Source| {
        let file = source.name.clone();
        lines_with_counts(source).into_iter().map(move |line| SourceLine { file: file.clone(), line })
    };
    sources.iter().flat_map(lines).collect()
}

fn skipped(entry: &Entry<'_>) -> CheckReport {
    CheckReport {
        name: entry.name.to_owned(),
        title: entry.title.to_owned(),
        engine: entry.engine,
        status: CheckStatus::Skipped,
        points: 0,
        max_points: entry.points,
        duration_ms: 0,
        coverage: None,
        failure: None,
        example: None,
        second_opinion: None,
    }
}
