//! The entries of a report: one for each check by each engine, in the suite's order.

use super::One;
use crate::check::{Outcome, Ran};
use crate::event::Event;
use crate::replay::Token;
use crate::report::{CheckReport, Engine, Example, Failure, FailureKind, milliseconds};
use crate::trace::Execution;
use crate::verdict::CheckStatus;

/// What a suite says about a check.
pub(super) struct About<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub explanation: &'a str,
}

impl One<'_> {
    pub(super) fn reported(
        &self,
        about: About<'_>,
        engine: Engine,
        max_points: u32,
        ran: Ran,
    ) -> CheckReport {
        let token = |schedule| {
            let (exercise, check) = (self.exercise.slug.clone(), about.name.to_owned());
            Token { exercise, check, schedule }.to_string()
        };
        let failure = |kind, message, execution: Execution| {
            let Execution { schedule, trace, objects, waiting } = execution;
            let token = (!schedule.is_empty()).then(|| token(schedule));
            let explanation = about.explanation.to_owned();
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
                    explanation: "The check could not be run on this code. That is no verdict on it."
                        .to_owned(),
                    ..failure
                });
                (CheckStatus::Skipped, None, failure)
            }
        };
        self.grader.events.event(&Event::CheckFinished {
            exercise: self.exercise.slug.clone(),
            name: about.name.to_owned(),
            engine,
            status,
            duration: ran.duration,
        });
        CheckReport {
            name: about.name.to_owned(),
            title: about.title.to_owned(),
            engine,
            status,
            points: if status == CheckStatus::Passed { max_points } else { 0 },
            max_points,
            duration_ms: milliseconds(ran.duration),
            coverage,
            failure,
            example: shown,
        }
    }

    /// Puts the checks into the suite's order, and those that did not run in their places.
    pub(super) fn fill_in(&self, entries: &[(&str, Engine)], checks: &mut Vec<CheckReport>) {
        let mut ran = std::mem::take(checks);
        for (name, engine) in entries {
            match ran.iter().position(|check| check.name == *name && check.engine == *engine) {
                Some(index) => checks.push(ran.swap_remove(index)),
                None => checks.push(self.skipped(name, *engine)),
            }
        }
    }

    fn skipped(&self, name: &str, engine: Engine) -> CheckReport {
        let check = self.suite.checks.iter().find(|check| check.name == name);
        let contract = self.suite.contracts.iter().find(|contract| contract.name == name);
        let title = check.map(|check| &check.title).or(contract.map(|contract| &contract.title));
        let points = check
            .and_then(|check| check.engines.iter().find(|(runs, _)| *runs == engine))
            .map(|(_, points)| *points)
            .or(contract.map(|contract| contract.points));
        CheckReport {
            name: name.to_owned(),
            title: title.cloned().unwrap_or_default(),
            engine,
            status: CheckStatus::Skipped,
            points: 0,
            max_points: points.unwrap_or(0),
            duration_ms: 0,
            coverage: None,
            failure: None,
            example: None,
        }
    }
}
