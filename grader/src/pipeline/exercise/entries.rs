//! The entries of a report: one for each check by each engine, in the suite's order.

use super::ExerciseRun;
use crate::check::{Outcome, Ran};
use crate::event::{Compilation, Event};
use crate::replay::Token;
use crate::report::{CheckReport, Example, Failure, FailureKind, milliseconds};
use crate::suite::Entry;
use crate::trace::Execution;
use crate::verdict::CheckStatus;

impl ExerciseRun<'_> {
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

    /// What the report says about a check that has run.
    pub(super) fn reported(&self, entry: &Entry<'_>, ran: Ran) -> CheckReport {
        let token = |schedule| {
            let (exercise, check) = (self.exercise.slug.clone(), entry.name.to_owned());
            Token { exercise, check, schedule }.to_string()
        };
        let failure = |kind, message, execution: Execution| {
            let Execution { schedule, trace, objects, waiting } = execution;
            let token = (!schedule.is_empty()).then(|| token(schedule));
            let explanation = entry.explanation.to_owned();
            Some(Failure {
                kind,
                message,
                explanation,
                diagnosis: None,
                token,
                trace,
                threads: Vec::new(),
                objects,
                waiting,
            })
        };
        let none = Execution::default();
        let mut shown = None;
        let (status, coverage, failure) = match ran.outcome {
            Outcome::Passed { coverage, example } => {
                shown = example.map(|Execution { schedule, trace, objects, .. }| Example {
                    token: token(schedule),
                    trace,
                    threads: Vec::new(),
                    objects,
                });
                (CheckStatus::Passed, coverage, None)
            }
            Outcome::Failed { kind, message, execution, coverage } => {
                (CheckStatus::Failed, coverage, failure(kind, message, execution))
            }
            Outcome::TimedOut { message } => {
                (CheckStatus::TimedOut, None, failure(FailureKind::Timeout, message, none))
            }
            Outcome::Crashed { message } => {
                (CheckStatus::Crashed, None, failure(FailureKind::Crash, message, none))
            }
            Outcome::Unsupported { message } => {
                let failure = failure(FailureKind::Unsupported, message, none).map(|failure| Failure {
                    explanation: "The check could not be run on this code. This is not a verdict on it."
                        .to_owned(),
                    ..failure
                });
                (CheckStatus::Skipped, None, failure)
            }
        };
        self.grader.events.event(&Event::CheckFinished {
            exercise: self.exercise.slug.clone(),
            check: entry.id(),
            status,
            duration: ran.duration,
        });
        CheckReport {
            name: entry.name.to_owned(),
            title: entry.title.to_owned(),
            engine: entry.engine,
            status,
            points: if status == CheckStatus::Passed { entry.points } else { 0 },
            max_points: entry.points,
            duration_ms: milliseconds(ran.duration),
            coverage,
            failure,
            example: shown,
        }
    }

    /// Puts the checks into the suite's order, and those that did not run in their places.
    pub(super) fn fill_in(&self, checks: &mut Vec<CheckReport>) {
        let mut ran = std::mem::take(checks);
        checks.extend(self.entries.iter().map(|entry| {
            let id = entry.id();
            match ran.iter().position(|check| id.is_of(check)) {
                Some(index) => ran.swap_remove(index),
                None => skipped(entry),
            }
        }));
    }
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
    }
}
