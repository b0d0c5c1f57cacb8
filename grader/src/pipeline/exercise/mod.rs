//! One exercise of one submission, from its file to its report.

mod contract;
mod engines;
mod entries;
mod facts;
mod forgery;
mod opinions;

use std::fs;

use super::Grader;
use crate::build::Build;
use crate::build::artifacts::Kit;
use crate::build::rustc::Compiler;
use crate::catalog::Exercise;
use crate::check::{Differs, Forgery, Ran};
use crate::error::Fault;
use crate::event::{Compilation, Event};
use crate::policy::{self, Finding};
use crate::report::{
    CheckStatus, Diagnostic, Engine, ExerciseReport, SecondOpinion, SourceFile, Verdict, groups, sanitised,
};
use crate::source::{self, Source};
use crate::staging::Staging;
use crate::submission::Work;
use crate::suite::{Entry, Selection, Suite};
use crate::verdict::{Stop, fold, not_run};
use facts::Facts;

/// What was found out: why it stopped, if it did, and the checks that ran.
#[derive(Default)]
struct Findings<'a> {
    stop: Option<Stop>,
    diagnostics: Vec<Diagnostic>,
    checks: Vec<Judged<'a>>,
    /// How a decoy shows that reports were forged.
    forgery: Option<Forgery>,
}

/// A report, and what it does not say: which checks were worth other points when they were run again.
pub(super) struct Graded {
    pub report: ExerciseReport,
    pub differences: Vec<String>,
}

/// A check that has run.
struct Judged<'a> {
    entry: Entry<'a>,
    ran: Ran,
    /// What loom makes of it, if that was asked for.
    second_opinion: Option<SecondOpinion>,
}

impl Judged<'_> {
    /// That it was worth other points when it was run again.
    fn difference(&self) -> Option<String> {
        let Differs { run, first, now } = self.ran.differs?;
        let (first, now) = (first.as_str(), now.as_str());
        Some(format!("{}: {first} in the first run, {now} in run {run}", self.entry.id()))
    }
}

pub(super) fn grade(
    grader: &Grader<'_>,
    exercise: &Exercise,
    suite: &Suite,
    work: &Work,
    selection: Selection<'_>,
) -> Result<Graded, Fault> {
    let entries: Vec<Entry<'_>> = suite.entries().filter(|entry| selection.wants(entry)).collect();
    // Checks that are asked for by name are run, whatever they build on.
    let facts = Facts::of(if matches!(selection, Selection::All) { &entries } else { &[] });
    let run = ExerciseRun { grader, exercise, suite, entries, selection, facts };
    let checks = run.entries.len() + run.expected_opinions();
    grader.events.event(&Event::ExerciseStarted { exercise: exercise.slug.clone(), checks });
    let taken = work.take();
    let sha256 = taken.as_deref().ok().map(source::digest);
    let shown_files = taken.as_deref().map(files).unwrap_or_default();
    let findings = match &taken {
        Ok(sources) => unless_interrupted(run.findings(work, sources))?.unwrap_or_default(),
        Err(diagnostic) if work.is_missing() => stopped(Stop::NotStarted, vec![diagnostic.clone()]),
        Err(diagnostic) => stopped(Stop::CompileError, vec![diagnostic.clone()]),
    };
    let mut stop = findings.stop;
    if stop.is_none() && findings.checks.len() < run.entries.len() && run.is_interrupted() {
        stop = Some(Stop::Interrupted);
    }
    let differences = findings.checks.iter().filter_map(Judged::difference).collect();
    let sources = taken.unwrap_or_default();
    let mut checks = run.reports(findings.checks, &sources);
    if selection.ends_with_a_failure() && checks.iter().any(|check| check.status.is_failure()) {
        checks.retain(|check| check.status != CheckStatus::Skipped || check.failure.is_some());
    }
    let verdict = fold(stop, &checks);
    if verdict == Verdict::NotStarted {
        // However it was found out, the stub has the same report, and no points for compiling.
        checks = run.reports(Vec::new(), &[]);
    }
    let report = ExerciseReport {
        exercise: exercise.slug.clone(),
        sha256,
        verdict,
        points: checks.iter().map(|check| check.points).sum(),
        // What the grader could not run is neither lost nor won.
        max_points: suite.max_points() - not_run(&checks),
        diagnostics: findings.diagnostics,
        reference_counts: if checks.iter().any(|check| check.coverage.is_some()) {
            entries::reference_counts(&sources)
        } else {
            Vec::new()
        },
        groups: groups(&checks),
        checks,
        sources: shown_files,
    };
    grader.events.event(&Event::ExerciseFinished {
        exercise: exercise.slug.clone(),
        verdict,
        points: report.points,
        max_points: report.max_points,
    });
    Ok(Graded { report, differences })
}

/// The report on work that the grader could not judge.
pub(super) fn unjudged(
    grader: &Grader<'_>,
    exercise: &Exercise,
    suite: &Suite,
    why: Diagnostic,
) -> ExerciseReport {
    let run = ExerciseRun {
        grader,
        exercise,
        suite,
        entries: suite.entries().collect(),
        selection: Selection::All,
        facts: Facts::of(&[]),
    };
    ExerciseReport {
        exercise: exercise.slug.clone(),
        sha256: None,
        verdict: Verdict::InternalError,
        points: 0,
        max_points: suite.max_points(),
        diagnostics: vec![why],
        checks: run.reports(Vec::new(), &[]),
        groups: Vec::new(),
        reference_counts: Vec::new(),
        sources: Vec::new(),
    }
}

/// What loom makes of the work, check by check of the model. There is nothing to say of work that cannot be taken.
pub(super) fn second_opinions(
    grader: &Grader<'_>,
    exercise: &Exercise,
    suite: &Suite,
    work: &Work,
) -> Result<Vec<(String, SecondOpinion)>, Fault> {
    let entries = suite.entries().filter(|entry| entry.engine == Engine::Model).collect();
    let facts = Facts::of(&[]);
    let run = ExerciseRun { grader, exercise, suite, entries, selection: Selection::All, facts };
    match work.take() {
        Ok(sources) => run.with_build(&sources, |build| run.opinions_alone(build)),
        Err(_) => Ok(Vec::new()),
    }
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
    /// What checks build on.
    facts: Facts<'a>,
}

/// `None` where the work was interrupted. That is no fault, and what was found out elsewhere is kept.
fn unless_interrupted<T>(result: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(Fault::Interrupted) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn stopped<'a>(stop: Stop, diagnostics: Vec<Diagnostic>) -> Findings<'a> {
    Findings { stop: Some(stop), diagnostics, ..Findings::default() }
}

impl<'a> ExerciseRun<'a> {
    fn is_interrupted(&self) -> bool {
        self.grader.options.interrupt.is_requested()
    }

    fn findings(&self, work: &Work, sources: &[Source]) -> Result<Findings<'a>, Fault> {
        let scan = self.scan(sources);
        if !scan.forbidden.is_empty() {
            return Ok(stopped(Stop::Forbidden, scan.forbidden));
        }
        if work.is_stub(sources, self.exercise) {
            return Ok(stopped(Stop::NotStarted, Vec::new()));
        }
        if !scan.unreadable.is_empty() {
            return self.unreadable(sources, scan);
        }
        self.build_and_run(sources)
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
    fn unreadable(&self, sources: &[Source], scan: Scanned) -> Result<Findings<'a>, Fault> {
        if !scan.harmless {
            return Ok(stopped(Stop::CompileError, scan.unreadable));
        }
        self.with_build(sources, |build| {
            let compiled =
                self.compiling(Compilation::Submission, |begins| build.learner(Engine::Stress, begins))?;
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
        if self.is_interrupted() {
            return Err(Fault::Interrupted);
        }
        let artifacts = self.grader.artifacts(Kit::Own)?;
        let keep_in = self.grader.keep_staging_in();
        let staging = Staging::make(self.exercise, sources, self.suite, &self.entries, keep_in)?;
        let compiler = Compiler { program: artifacts.rustc.clone(), children: &self.grader.children };
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
}

struct Scanned {
    forbidden: Vec<Diagnostic>,
    unreadable: Vec<Diagnostic>,
    harmless: bool,
}
