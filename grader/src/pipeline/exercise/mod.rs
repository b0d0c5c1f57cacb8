//! One exercise of one submission, from its file to its report.

mod contract;
mod entries;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::Grader;
use crate::build::Build;
use crate::build::contract::differences_outside;
use crate::build::rustc::Compiler;
use crate::catalog::Exercise;
use crate::check::{Outcome, Ran, Runner};
use crate::error::Fault;
use crate::event::Event;
use crate::policy::{self, Finding};
use crate::report::{CheckReport, Diagnostic, Engine, ExerciseReport, SourceFile, sanitised};
use crate::source::Source;
use crate::staging::Staging;
use crate::submission::Work;
use crate::suite::{Check, Contract, Entry, Selection, Subject, Suite};
use crate::trace::Annotator;
use crate::verdict::{Stop, Verdict, fold};

/// What was found out: why it stopped, if it did, and the checks that ran.
struct Findings {
    stop: Option<Stop>,
    diagnostics: Vec<Diagnostic>,
    checks: Vec<CheckReport>,
}

pub(super) fn grade(
    grader: &Grader<'_>,
    exercise: &Exercise,
    suite: &Suite,
    work: &Work,
    selection: Selection<'_>,
) -> Result<ExerciseReport, Fault> {
    let entries: Vec<Entry<'_>> = suite.entries().filter(|entry| selection.wants(entry)).collect();
    grader.events.event(&Event::ExerciseStarted { exercise: exercise.slug.clone(), checks: entries.len() });
    let run = ExerciseRun { grader, exercise, suite, entries, selection };
    let taken = work.take();
    let shown_files = taken.as_deref().map(files).unwrap_or_default();
    let mut findings = run.findings(work, taken)?;
    run.fill_in(&mut findings.checks);
    let verdict = fold(findings.stop, &findings.checks);
    if verdict == Verdict::NotStarted {
        // However it was found out, the stub has the same report, and no points for compiling.
        findings.checks.clear();
        run.fill_in(&mut findings.checks);
    }
    let report = ExerciseReport {
        exercise: exercise.slug.clone(),
        verdict,
        points: findings.checks.iter().map(|check| check.points).sum(),
        max_points: suite.max_points(),
        diagnostics: findings.diagnostics,
        checks: findings.checks,
        sources: shown_files,
    };
    grader.events.event(&Event::ExerciseFinished {
        exercise: exercise.slug.clone(),
        verdict,
        points: report.points,
        max_points: report.max_points,
    });
    Ok(report)
}

/// What was handed in, made fit for a report.
fn files(sources: &[Source]) -> Vec<SourceFile> {
    let file = |source: &Source| SourceFile {
        name: source.name.clone(),
        text: sanitised(&source.text.replace("\r\n", "\n"), usize::MAX),
    };
    sources.iter().map(file).collect()
}

/// The grading of one exercise of one submission.
struct ExerciseRun<'a> {
    grader: &'a Grader<'a>,
    exercise: &'a Exercise,
    suite: &'a Suite,
    /// What was asked for.
    selection: Selection<'a>,
    /// What is asked for of this suite, in its order.
    entries: Vec<Entry<'a>>,
}

fn stopped(stop: Stop, diagnostics: Vec<Diagnostic>) -> Findings {
    Findings { stop: Some(stop), diagnostics, checks: Vec::new() }
}

impl ExerciseRun<'_> {
    fn findings(&self, work: &Work, taken: Result<Vec<Source>, Diagnostic>) -> Result<Findings, Fault> {
        let sources = match taken {
            Ok(sources) => sources,
            Err(diagnostic) => return Ok(stopped(Stop::CompileError, vec![diagnostic])),
        };
        let scan = self.scan(&sources);
        if !scan.forbidden.is_empty() {
            return Ok(stopped(Stop::Forbidden, scan.forbidden));
        }
        if work.is_stub(&sources, self.exercise) {
            return Ok(stopped(Stop::NotStarted, Vec::new()));
        }
        if !scan.unreadable.is_empty() {
            return self.unreadable(&sources, scan);
        }
        self.build_and_run(&sources)
    }

    fn scan(&self, sources: &[Source]) -> Scanned {
        let mut scanned = Scanned { forbidden: Vec::new(), unreadable: Vec::new(), harmless: true };
        for source in sources {
            match policy::scan(source, &self.suite.banned) {
                Finding::Allowed => {}
                Finding::Forbidden(violations) => scanned.forbidden.extend(violations),
                Finding::Unreadable { place, harmless } => {
                    scanned.unreadable.push(place);
                    scanned.harmless &= harmless;
                }
            }
        }
        scanned
    }

    /// Not Rust tokens. rustc says best what is wrong, if nothing else could happen when it reads them.
    fn unreadable(&self, sources: &[Source], scan: Scanned) -> Result<Findings, Fault> {
        if !scan.harmless {
            return Ok(stopped(Stop::CompileError, scan.unreadable));
        }
        self.with_build(sources, |build| {
            let compiled = build.learner(Engine::Stress)?;
            // What rustc reads and the policy cannot has not been judged, so it is not let through.
            let (stop, diagnostics) = if compiled.success {
                (Stop::Forbidden, scan.unreadable)
            } else {
                (Stop::CompileError, compiled.diagnostics())
            };
            Ok(stopped(stop, diagnostics))
        })
    }

    fn with_build<R>(
        &self,
        sources: &[Source],
        run: impl FnOnce(&Build<'_>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let artifacts = self.grader.artifacts()?;
        let keep_in = self.grader.keep_staging_in();
        let staging = Staging::make(self.exercise, sources, self.suite, &self.entries, keep_in)?;
        let compiler = Compiler {
            program: artifacts.rustc.clone(),
            slots: &self.grader.slots,
            events: self.grader.events,
        };
        run(&Build {
            compiler: &compiler,
            artifacts: &artifacts,
            staging: &staging,
            crate_name: &self.exercise.crate_name(),
            root_file: "src/lib.rs",
            given_unsafe: self.given_unsafe()?,
            debuggable: self.grader.options.replay.as_ref().is_some_and(|replay| replay.debugger),
        })
    }

    /// Whether a given file of the library needs `unsafe`; then rustc cannot forbid it for the crate.
    fn given_unsafe(&self) -> Result<bool, Fault> {
        for name in self.exercise.given()? {
            let path = self.exercise.folder.join(&name);
            // What is not text, such as data for `include_bytes!`, is no code.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if name.extension().is_some_and(|extension| extension == "rs")
                && Source::new(name.to_string_lossy(), text).uses_unsafe()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn build_and_run(&self, sources: &[Source]) -> Result<Findings, Fault> {
        self.with_build(sources, |build| {
            let abandoned = AtomicBool::new(false);
            if self.is_for_the_model() {
                let findings = self.model(build, &abandoned)?;
                // What does not compile is told by the compiler's word on the real crate.
                if findings.stop.is_none() {
                    return Ok(annotated(findings, sources));
                }
            }
            thread::scope(|scope| {
                let model = scope.spawn(|| self.model(build, &abandoned));
                let real = self.real(build, &abandoned);
                if !matches!(&real, Ok(Findings { stop: None, .. })) {
                    abandoned.store(true, Ordering::Relaxed);
                }
                let (real, model) = (real?, self.joined(model)?);
                // The compiler's word on the real crate counts; what the model adds is only its checks.
                if real.stop.is_some() {
                    return Ok(real);
                }
                let Findings { stop, diagnostics, checks } = annotated(model, sources);
                Ok(Findings {
                    stop,
                    diagnostics: [real.diagnostics, diagnostics].concat(),
                    checks: [real.checks, checks].concat(),
                })
            })
        })
    }

    /// Whether nothing is asked for but checks that the model runs.
    fn is_for_the_model(&self) -> bool {
        self.entries.iter().all(|entry| entry.engine == Engine::Model)
    }

    fn joined<R>(&self, handle: ScopedJoinHandle<'_, Result<R, Fault>>) -> Result<R, Fault> {
        handle.join().unwrap_or_else(|_| Err(Fault::Panicked { exercise: self.exercise.slug.clone() }))
    }

    /// Everything on real `std`: the learner's crate, the contract, and the stress checks.
    fn real(&self, build: &Build<'_>, abandoned: &AtomicBool) -> Result<Findings, Fault> {
        self.compiling("the submission");
        let compiled = build.learner(Engine::Stress)?;
        if !compiled.success {
            return Ok(stopped(Stop::CompileError, compiled.diagnostics()));
        }
        thread::scope(|scope| {
            let signature = scope.spawn(|| self.signature(build, abandoned));
            let contracts: Vec<_> = self
                .contracts()
                .map(|(entry, contract)| scope.spawn(move || self.contract(build, entry, contract)))
                .collect();
            let stress = self.engine(build, Engine::Stress, abandoned);
            let differences = self.joined(signature)?;
            let contracts =
                contracts.into_iter().map(|handle| self.joined(handle)).collect::<Result<Vec<_>, _>>()?;
            if !differences.is_empty() {
                return Ok(stopped(Stop::CompileError, differences));
            }
            let stress = stress?;
            if stress.stop.is_some() {
                return Ok(stress);
            }
            Ok(Findings { checks: [contracts, stress.checks].concat(), ..stress })
        })
    }

    fn model(&self, build: &Build<'_>, abandoned: &AtomicBool) -> Result<Findings, Fault> {
        if self.checks(Engine::Model).next().is_none() {
            return Ok(Findings { stop: None, diagnostics: Vec::new(), checks: Vec::new() });
        }
        let compiled = build.learner(Engine::Model)?;
        if !compiled.success {
            // Whether it compiles on real `std` is found out at the same time, and told first.
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
    fn contracts(&self) -> impl Iterator<Item = (&Entry<'_>, &Contract)> {
        self.entries.iter().filter_map(|entry| match entry.subject {
            Subject::Contract(contract) => Some((entry, contract)),
            Subject::Check(_) => None,
        })
    }

    /// The checks that `engine` is asked to run.
    fn checks(&self, engine: Engine) -> impl Iterator<Item = (&Entry<'_>, &Check)> {
        self.entries.iter().filter_map(move |entry| match entry.subject {
            Subject::Check(check) => (entry.engine == engine).then_some((entry, check)),
            Subject::Contract(_) => None,
        })
    }

    /// Builds the engine's checks and runs those that are selected.
    fn engine(&self, build: &Build<'_>, engine: Engine, abandoned: &AtomicBool) -> Result<Findings, Fault> {
        let selected: Vec<_> = self.checks(engine).collect();
        if selected.is_empty() || abandoned.load(Ordering::Relaxed) {
            return Ok(Findings { stop: None, diagnostics: Vec::new(), checks: Vec::new() });
        }
        self.compiling("the checks");
        let compiled = build.checks(engine)?;
        if !compiled.success {
            let what = "the checks do not compile with this submission";
            return Ok(stopped(Stop::CompileError, differences_outside(&compiled, what)));
        }
        let binary = build.binary(engine);
        let runner = Runner {
            binary: &binary,
            engine,
            limit: self.grader.options.check_limit,
            replay: self.grader.options.replay.as_ref(),
            shown: &self.grader.options.shown,
            slots: &self.grader.slots,
            events: self.grader.events,
        };
        let (runner, staging) = (&runner, build.staging);
        let checks = thread::scope(|scope| {
            let running: Vec<_> = selected
                .into_iter()
                .enumerate()
                .map(|(index, (entry, check))| {
                    scope.spawn(move || {
                        if abandoned.load(Ordering::Relaxed) {
                            return Ok(None);
                        }
                        let folder = staging.run_folder(&format!("{}-{index}", engine.as_str()))?;
                        let ran = self.repeatedly(engine, || runner.run(check, &folder))?;
                        Ok(Some(self.reported(entry, ran)))
                    })
                })
                .collect();
            running.into_iter().map(|handle| self.joined(handle)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Findings { stop: None, diagnostics: Vec::new(), checks: checks.into_iter().flatten().collect() })
    }

    /// Runs a check, on real threads as often as was asked for. The first failure ends it. Under the model
    /// every run is the same.
    fn repeatedly(&self, engine: Engine, run: impl Fn() -> Result<Ran, Fault>) -> Result<Ran, Fault> {
        let repeat = if engine == Engine::Stress { self.grader.options.repeat } else { 1 };
        let mut ran = run()?;
        for _ in 1..repeat {
            if !matches!(ran.outcome, Outcome::Passed { .. }) {
                break;
            }
            ran = run()?;
        }
        Ok(ran)
    }

    fn compiling(&self, what: &'static str) {
        self.grader.events.event(&Event::Compiling { exercise: self.exercise.slug.clone(), what });
    }
}

/// Findings whose executions say what there is to say about them.
fn annotated(mut findings: Findings, sources: &[Source]) -> Findings {
    if !findings.checks.iter().any(|check| check.has_failing_schedule() || check.example.is_some()) {
        return findings;
    }
    let annotator = Annotator::of(sources);
    for check in &mut findings.checks {
        check.failure.iter_mut().for_each(|failure| annotator.annotate(failure));
        check.example.iter_mut().for_each(|example| annotator.annotate_example(example));
    }
    findings
}

struct Scanned {
    forbidden: Vec<Diagnostic>,
    unreadable: Vec<Diagnostic>,
    harmless: bool,
}

fn unmodelled(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let explained = |diagnostic: Diagnostic| Diagnostic {
        message: format!(
            "this part of `std` is not in the model yet, which is no verdict on the code: {}",
            diagnostic.message
        ),
        ..diagnostic
    };
    diagnostics.into_iter().map(explained).collect()
}
