//! The engines at work: what they build, and the checks that they run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::forgery::{tempt, unless_forged};
use super::{ExerciseRun, Findings, Judged, stopped, unless_interrupted};
use crate::build::Build;
use crate::build::contract::differences_outside;
use crate::check::{Cause, Differs, Outcome, Ran, Runner};
use crate::error::Fault;
use crate::event::Compilation;
use crate::report::{CheckStatus, Diagnostic, Engine};
use crate::source::Source;
use crate::suite::{Check, Contract, Entry, Subject};
use crate::verdict::Stop;

impl<'a> ExerciseRun<'a> {
    /// Builds what is needed, and runs the checks on real threads and under the model at the same time.
    pub(super) fn build_and_run(&self, sources: &[Source]) -> Result<Findings<'a>, Fault> {
        self.with_build(sources, |build| {
            let abandoned = AtomicBool::new(false);
            if self.is_for_the_model() {
                let findings = self.model(build, &abandoned)?;
                // What does not compile is said by the compiler's word on the real crate.
                if findings.stop.is_none() {
                    return self.with_second_opinions(build, unless_forged(findings));
                }
            }
            thread::scope(|scope| {
                let model = scope.spawn(|| self.model(build, &abandoned));
                let real = self.real(build, &abandoned);
                if !matches!(&real, Ok(Findings { stop: None, .. })) {
                    abandoned.store(true, Ordering::Relaxed);
                }
                let mut real = unless_interrupted(real)?.unwrap_or_default();
                let model = unless_interrupted(self.joined(model))?.unwrap_or_default();
                // The compiler's word on the real crate counts; what the model adds is only its checks.
                if real.stop.is_some() {
                    return Ok(real);
                }
                real.stop = model.stop;
                real.diagnostics.extend(model.diagnostics);
                real.checks.extend(model.checks);
                real.forgery = real.forgery.or(model.forgery);
                self.with_second_opinions(build, unless_forged(real))
            })
        })
    }

    /// Whether nothing is asked for but checks that the model runs.
    pub(super) fn is_for_the_model(&self) -> bool {
        self.entries.iter().all(|entry| entry.engine == Engine::Model)
    }

    pub(super) fn joined<R>(&self, handle: ScopedJoinHandle<'_, Result<R, Fault>>) -> Result<R, Fault> {
        handle.join().unwrap_or_else(|_| Err(Fault::Panicked { exercise: self.exercise.slug.clone() }))
    }

    /// Everything on real `std`: the learner's crate, the contract, and the stress checks.
    fn real(&self, build: &Build<'_>, abandoned: &AtomicBool) -> Result<Findings<'a>, Fault> {
        let _at_work = self.facts.at_work(Engine::Stress);
        let compiled =
            self.compiling(Compilation::Submission, |begins| build.learner(Engine::Stress, begins))?;
        if !compiled.success {
            return Ok(stopped(Stop::CompileError, compiled.diagnostics()));
        }
        thread::scope(|scope| {
            let accepted = scope.spawn(|| self.accepted(build, abandoned));
            let refused = scope.spawn(|| self.refused(build));
            let stress = unless_interrupted(self.engine(build, Engine::Stress, abandoned));
            let (differences, accepted) = unless_interrupted(self.joined(accepted))?.unwrap_or_default();
            let refused = unless_interrupted(self.joined(refused))?.unwrap_or_default();
            if !differences.is_empty() {
                return Ok(stopped(Stop::CompileError, differences));
            }
            let stress = stress?.unwrap_or_default();
            if stress.stop.is_some() {
                return Ok(stress);
            }
            Ok(Findings {
                checks: accepted.into_iter().chain(refused).chain(stress.checks).collect(),
                ..stress
            })
        })
    }

    fn model(&self, build: &Build<'_>, abandoned: &AtomicBool) -> Result<Findings<'a>, Fault> {
        let _at_work = self.facts.at_work(Engine::Model);
        if self.checks(Engine::Model).next().is_none() {
            return Ok(Findings::default());
        }
        let what = Compilation::ModelledSubmission;
        let compiled = self.compiling(what, |begins| build.learner(Engine::Model, begins))?;
        if !compiled.success {
            // Whether it compiles on real `std` is found out at the same time, and reported first.
            return Ok(stopped(Stop::InternalError, unmodelled(compiled.diagnostics())));
        }
        let mut findings = self.engine(build, Engine::Model, abandoned)?;
        if findings.stop == Some(Stop::CompileError) && self.checks(Engine::Stress).next().is_some() {
            // The same checks are compiled on real `std`, where the learner's part in it shows.
            findings = stopped(Stop::InternalError, unmodelled(findings.diagnostics));
        }
        Ok(findings)
    }

    /// The contracts that are asked for.
    pub(super) fn contracts(&self) -> impl Iterator<Item = (Entry<'a>, &'a Contract)> {
        self.entries.iter().filter_map(|&entry| match entry.subject {
            Subject::Contract(contract) => Some((entry, contract)),
            Subject::Check(_) => None,
        })
    }

    /// The checks that `engine` is asked to run.
    pub(super) fn checks(&self, engine: Engine) -> impl Iterator<Item = (Entry<'a>, &'a Check)> {
        self.entries.iter().filter_map(move |&entry| match entry.subject {
            Subject::Check(check) => (entry.engine == engine).then_some((entry, check)),
            Subject::Contract(_) => None,
        })
    }

    /// Builds the engine's checks and runs those that are selected.
    fn engine(
        &self,
        build: &Build<'_>,
        engine: Engine,
        abandoned: &AtomicBool,
    ) -> Result<Findings<'a>, Fault> {
        let selected: Vec<_> = self.checks(engine).collect();
        if selected.is_empty() || abandoned.load(Ordering::Relaxed) {
            return Ok(Findings::default());
        }
        let what = match engine {
            Engine::Model => Compilation::ModelChecks,
            Engine::Loom => Compilation::LoomChecks,
            Engine::Stress | Engine::Contract => Compilation::StressChecks,
        };
        let compiled = self.compiling(what, |begins| build.checks(engine, begins))?;
        if !compiled.success {
            let what = "the checks do not compile with this submission";
            return Ok(stopped(Stop::CompileError, differences_outside(&compiled, what)));
        }
        let binary = build.binary(engine);
        let runner = Runner {
            binary: &binary,
            engine,
            numbers: &build.staging.numbers,
            limit: self.grader.options.limits.wall(),
            replay: self.grader.options.replay.as_ref(),
            shown: &self.grader.options.shown,
            children: &self.grader.children,
        };
        let (runner, staging) = (&runner, build.staging);
        let judge = |entry: Entry<'a>, check: &'a Check| {
            // First: whoever waits for this check waits no longer, if it is not run after all.
            let judging = self.facts.judging(&entry);
            if abandoned.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let ran = match self.facts.missing(check) {
                Some(missing) => Some(Ran::skipped(missing)),
                None => {
                    let number = staging.numbers.check(engine, &check.name);
                    let folder = staging.run_folder(number)?;
                    let run = |begins: &dyn Fn()| runner.run(check, &folder, begins);
                    unless_interrupted(self.repeatedly(&entry, run))?
                }
            };
            if ran.as_ref().is_some_and(|ran| refutes(engine, &ran.outcome)) {
                judging.failed();
            }
            Ok::<_, Fault>(ran.map(|ran| self.judged(entry, ran)))
        };
        if self.selection.ends_with_a_failure() {
            // Whoever asks for this proves a suite with programs of the project, which forge nothing.
            return self.until_failure(selected, judge, abandoned);
        }
        let decoys = self.decoys(&selected)?;
        let judge_and_tempt = |entry: Entry<'a>, check: &'a Check| {
            let judged = judge(entry, check)?;
            let tempts = decoys.contains(&check.name.as_str());
            let forgery = match &judged {
                Some(judged) if tempts => tempt(runner, staging, check, &judged.ran)?,
                Some(_) | None => None,
            };
            Ok((judged, forgery))
        };
        let judge_and_tempt = &judge_and_tempt;
        let checks = thread::scope(|scope| {
            let start = |(entry, check)| scope.spawn(move || judge_and_tempt(entry, check));
            let running: Vec<_> = selected.into_iter().map(start).collect();
            running.into_iter().map(|handle| self.joined(handle)).collect::<Result<Vec<_>, Fault>>()
        })?;
        let (checks, forgeries): (Vec<_>, Vec<_>) = checks.into_iter().unzip();
        let forgery = forgeries.into_iter().flatten().next();
        Ok(Findings { checks: checks.into_iter().flatten().collect(), forgery, ..Findings::default() })
    }

    /// Judges one check after the other, in the order in which they were asked for, until one has failed.
    fn until_failure(
        &self,
        mut selected: Vec<(Entry<'a>, &'a Check)>,
        judge: impl Fn(Entry<'a>, &'a Check) -> Result<Option<Judged<'a>>, Fault>,
        abandoned: &AtomicBool,
    ) -> Result<Findings<'a>, Fault> {
        selected.sort_by_key(|(entry, _)| self.selection.place(entry));
        let mut checks = Vec::new();
        for (entry, check) in selected {
            let Some(judged) = judge(entry, check)? else { break };
            if judged.ran.outcome.status().is_failure() {
                abandoned.store(true, Ordering::Relaxed);
            }
            checks.push(judged);
        }
        Ok(Findings { checks, ..Findings::default() })
    }

    /// Runs a check as often as was asked for. The first run that is worth other points than those before it ends
    /// this; if one of them was not passed, it is the outcome.
    fn repeatedly(
        &self,
        entry: &Entry<'_>,
        run: impl Fn(&dyn Fn()) -> Result<Ran, Fault>,
    ) -> Result<Ran, Fault> {
        let first = run(&|| self.started(entry))?;
        let passed = |ran: &Ran| ran.outcome.status() == CheckStatus::Passed;
        for number in 2..=self.grader.options.repeat {
            let ran = run(&|| {})?;
            if passed(&ran) != passed(&first) {
                let (first_status, now) = (first.outcome.status(), ran.outcome.status());
                let differs = Some(Differs { run: number, first: first_status, now });
                return Ok(Ran { differs, ..if passed(&first) { ran } else { first } });
            }
        }
        Ok(first)
    }
}

/// Whether a fact does not hold that a check with this outcome establishes. On real threads only what the check itself
/// finds says so: a check that is stuck or dies has not come to it.
fn refutes(engine: Engine, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Passed { .. } | Outcome::Unsupported(_) => false,
        Outcome::Failed { cause: Cause::Panic { .. }, .. } | Outcome::NotRun(_) => true,
        Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Crashed(_) => engine == Engine::Model,
    }
}

fn unmodelled(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let explained = |diagnostic: Diagnostic| Diagnostic {
        message: format!(
            "the model does not support this part of `std`, so this is not a verdict on the code: {}",
            diagnostic.message
        ),
        ..diagnostic
    };
    diagnostics.into_iter().map(explained).collect()
}
