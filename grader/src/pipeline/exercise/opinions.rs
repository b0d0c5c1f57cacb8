//! The second opinion, beside the checks that the model has judged.

use std::thread;

use super::{ExerciseRun, Findings, Judged, unless_interrupted};
use crate::build::Build;
use crate::build::artifacts::Kit;
use crate::build::rustc::Compiled;
use crate::check::Outcome;
use crate::error::Fault;
use crate::event::{Compilation, Event};
use crate::report::{CheckStatus, Engine, OpinionStatus, SecondOpinion};
use crate::second_opinion::{Adviser, Heard, ModelVerdict, compared, not_compiled, not_judged};
use crate::suite::{Check, CheckId, Loom, Subject};

/// A check to ask loom about.
struct Question<'a> {
    check: &'a Check,
    model: ModelVerdict<'a>,
}

impl<'a> ExerciseRun<'a> {
    /// The checks that loom will be asked about.
    pub(super) fn expected_opinions(&self) -> usize {
        let can_judge = |check: &Check| check.loom == Loom::Judges;
        let asked = self.checks(Engine::Model).filter(|(_, check)| can_judge(check)).count();
        if self.grader.options.second_opinion { asked } else { 0 }
    }

    /// Asks loom about the checks that the model has judged, if that was asked for.
    pub(super) fn with_second_opinions(
        &self,
        build: &Build<'_>,
        mut findings: Findings<'a>,
    ) -> Result<Findings<'a>, Fault> {
        if !self.grader.options.second_opinion || findings.stop.is_some() {
            return Ok(findings);
        }
        let opinions = {
            let by_the_model = |judged: &'_ Judged<'a>| match (judged.entry.engine, judged.entry.subject) {
                (Engine::Model, Subject::Check(check)) => Some(check),
                (Engine::Model | Engine::Stress | Engine::Contract | Engine::Loom, _) => None,
            };
            let questions: Vec<_> = findings
                .checks
                .iter()
                .enumerate()
                .filter_map(|(index, judged)| {
                    let question =
                        Question { check: by_the_model(judged)?, model: verdict(&judged.ran.outcome) };
                    Some((index, question))
                })
                .collect();
            self.opinions(build, &questions)?
        };
        for (index, opinion) in opinions {
            findings.checks[index].second_opinion = opinion;
        }
        Ok(findings)
    }

    /// What loom makes of all checks of the model, whatever the suite says about it.
    pub(super) fn opinions_alone(&self, build: &Build<'_>) -> Result<Vec<(String, SecondOpinion)>, Fault> {
        let questions: Vec<(&Check, Question<'_>)> = self
            .checks(Engine::Model)
            .map(|(_, check)| (check, Question { check, model: ModelVerdict::None }))
            .collect();
        let opinions = self.asked(build, &questions)?;
        Ok(opinions.into_iter().filter_map(|(check, opinion)| Some((check.name.clone(), opinion?))).collect())
    }

    /// Opinions on those that the suite says loom can judge, and what it says about the others.
    fn opinions(
        &self,
        build: &Build<'_>,
        questions: &[(usize, Question<'_>)],
    ) -> Result<Vec<(usize, Option<SecondOpinion>)>, Fault> {
        let mut opinions = Vec::new();
        let mut open = Vec::new();
        for (index, Question { check, model }) in questions {
            match &check.loom {
                Loom::Judges => open.push((*index, Question { check, model: *model })),
                Loom::CannotJudge { reason } => opinions.push((*index, Some(not_judged(reason)))),
            }
        }
        opinions.extend(self.asked(build, &open)?);
        Ok(opinions)
    }

    /// Builds everything for loom, and asks. An opinion that an interruption ends is `None`.
    fn asked<K: Copy + Send + Sync>(
        &self,
        build: &Build<'_>,
        questions: &[(K, Question<'_>)],
    ) -> Result<Vec<(K, Option<SecondOpinion>)>, Fault> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let artifacts = self.grader.artifacts(Kit::Loom)?;
        let build = &Build { artifacts: &artifacts, ..*build };
        if let Some(refused) = self.refused_for_loom(build)? {
            let opinion = not_compiled(refused.diagnostics().first());
            return Ok(questions.iter().map(|(key, _)| (*key, Some(opinion.clone()))).collect());
        }
        let binary = build.binary(Engine::Loom);
        let options = &self.grader.options;
        let adviser = &Adviser {
            binary: &binary,
            numbers: &build.staging.numbers,
            limit: options.limits.wall(),
            children: &self.grader.children,
        };
        thread::scope(|scope| {
            let asked: Vec<_> = questions
                .iter()
                .enumerate()
                .map(|(number, (key, question))| {
                    let handle = scope.spawn(move || {
                        let folder = build.staging.run_folder(&format!("loom-{number}"))?;
                        unless_interrupted(self.opinion(adviser, question, &folder))
                    });
                    (*key, handle)
                })
                .collect();
            asked.into_iter().map(|(key, handle)| Ok((key, self.joined(handle)?))).collect()
        })
    }

    /// Compiles the submission and the checks for loom. What rustc refuses is returned.
    fn refused_for_loom(&self, build: &Build<'_>) -> Result<Option<Compiled>, Fault> {
        let submission =
            self.compiling(Compilation::LoomSubmission, |begins| build.learner(Engine::Loom, begins))?;
        if !submission.success {
            return Ok(Some(submission));
        }
        let checks = self.compiling(Compilation::LoomChecks, |begins| build.checks(Engine::Loom, begins))?;
        Ok((!checks.success).then_some(checks))
    }

    fn opinion(
        &self,
        adviser: &Adviser<'_>,
        question: &Question<'_>,
        folder: &std::path::Path,
    ) -> Result<SecondOpinion, Fault> {
        let Question { check, model } = question;
        let id = || CheckId::new(check.name.clone(), Engine::Loom);
        let exercise = || self.exercise.slug.clone();
        let begins = || self.grader.events.event(&Event::CheckStarted { exercise: exercise(), check: id() });
        let (mut heard, mut took) = adviser.ask(check, check.preemptions, folder, &begins)?;
        // loom's bound leaves interleavings out that need no more preemptions than it allows.
        if check.preemptions.is_some() && model.asks_for_more(&heard) {
            let (more, took_more) = adviser.ask(check, None, folder, &|| {})?;
            took += took_more;
            if matches!(more, Heard::Opinion(_)) {
                heard = more;
            }
        }
        let opinion = compared(heard, took, *model);
        self.grader.events.event(&Event::CheckFinished {
            exercise: exercise(),
            check: id(),
            status: status(opinion.status),
            duration: took,
        });
        Ok(opinion)
    }
}

fn verdict(outcome: &Outcome) -> ModelVerdict<'_> {
    match outcome {
        Outcome::Passed { coverage, .. } => {
            let is_whole = coverage.is_none_or(|coverage| coverage.complete);
            if is_whole { ModelVerdict::Passes } else { ModelVerdict::None }
        }
        Outcome::Failed { execution, .. } => ModelVerdict::Fails(execution.as_ref()),
        Outcome::Crashed(_) => ModelVerdict::Fails(None),
        Outcome::TimedOut { .. } | Outcome::Unsupported(_) | Outcome::NotRun(_) => ModelVerdict::None,
    }
}

fn status(status: OpinionStatus) -> CheckStatus {
    match status {
        OpinionStatus::Passed => CheckStatus::Passed,
        OpinionStatus::Failed => CheckStatus::Failed,
        OpinionStatus::NotExpressible | OpinionStatus::Cut | OpinionStatus::GaveUp => CheckStatus::Skipped,
    }
}
