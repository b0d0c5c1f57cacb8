//! Whether a suite catches a mutant: by the model's checks first, those that end soonest before the others, and only then on
//! real threads. The first check that fails ends it.

use std::time::Instant;

use super::generate::Generated;
use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::mutant::Base;
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{Engine, ExerciseReport, Verdict, milliseconds, now};
use crate::results::{Cache, Circumstances, Entry};
use crate::submission::Work;
use crate::suite::{CheckId, Selection, Suite};

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// This check fails, perhaps others too.
    Killed { by: CheckId },
    /// Every check passes.
    Survived,
    /// There is no program to judge.
    NotCompiled,
}

/// Grades the mutants of one exercise.
pub struct Judge<'a> {
    grader: &'a Grader<'a>,
    exercise: &'a Exercise,
    suite: Suite,
    known: Option<(Cache, Circumstances)>,
}

/// The checks of a suite in the order in which a base ends them, so that its mutants are caught soon.
#[derive(Debug, Clone)]
pub struct Baseline {
    model: Vec<CheckId>,
    others: Vec<CheckId>,
}

impl<'a> Judge<'a> {
    /// `is_fresh`: what was found out before does not count.
    ///
    /// # Errors
    /// When the suite is not whole, or a file that results depend on cannot be read.
    pub fn new(
        grader: &'a Grader<'a>,
        project: &Project,
        catalog: &'a Catalog,
        exercise: &str,
        is_fresh: bool,
    ) -> Result<Self, Error> {
        let exercise = catalog.get(exercise)?;
        let known = if is_fresh {
            None
        } else {
            Some((Cache::of(project), Circumstances::of(grader, project, exercise)?))
        };
        Ok(Self { grader, exercise, suite: Suite::load(&project.suite(&exercise.slug))?, known })
    }

    /// Grades the base itself, with every check.
    ///
    /// # Errors
    /// When it is not accepted: then its mutants prove nothing. When the grader itself fails, or is interrupted.
    pub fn baseline(&self, base: &Base, program: &str) -> Result<Baseline, Error> {
        let all: Vec<CheckId> = self.suite.entries().map(|entry| entry.id()).collect();
        let report = self.graded(program, Selection::UntilFailure(&all))?;
        if report.verdict != Verdict::Accepted {
            let failed = report.checks.iter().find(|check| check.status.is_failure());
            let which = failed.map(|check| format!(": {} fails", check.name)).unwrap_or_default();
            return Err(Fault::Suite {
                file: self.suite.folder.clone(),
                line: 1,
                message: format!("{base} is not accepted, so its mutants prove nothing{which}"),
            }
            .into());
        }
        let mut checks: Vec<_> = report.checks.iter().collect();
        checks.sort_by_key(|check| check.duration_ms);
        let ids = checks.into_iter().map(|check| CheckId::new(check.name.clone(), check.engine));
        let (model, others) = ids.partition(|id| id.engine == Engine::Model);
        Ok(Baseline { model, others })
    }

    /// Grades a mutant until a check fails.
    ///
    /// # Errors
    /// When the grader itself fails, or is interrupted.
    pub fn fate(&self, baseline: &Baseline, mutant: &Generated) -> Result<Fate, Error> {
        let Baseline { model, others } = baseline;
        for checks in [model, others] {
            if checks.is_empty() {
                continue;
            }
            let report = self.graded(&mutant.program, Selection::UntilFailure(checks))?;
            let failed = report.checks.iter().find(|check| check.status.is_failure());
            match report.verdict {
                Verdict::CompileError | Verdict::Forbidden => return Ok(Fate::NotCompiled),
                Verdict::Rejected | Verdict::NotStarted => {
                    if let Some(check) = failed {
                        return Ok(Fate::Killed { by: CheckId::new(check.name.clone(), check.engine) });
                    }
                }
                Verdict::Interrupted => return Err(Fault::Interrupted.into()),
                // What the model cannot run, real threads still can.
                Verdict::Accepted | Verdict::InternalError => {}
            }
        }
        Ok(Fate::Survived)
    }

    fn graded(&self, program: &str, selection: Selection<'_>) -> Result<ExerciseReport, Error> {
        let work = Work::from_text(self.exercise, program.to_owned()).ok_or_else(|| Fault::Suite {
            file: self.suite.folder.clone(),
            line: 1,
            message: "the exercise has several files to hand in, and a mutant is one".to_owned(),
        })?;
        let key = self.known.as_ref().map(|(_, circumstances)| circumstances.key(&work.take(), selection));
        if let (Some((cache, _)), Some(key)) = (&self.known, &key)
            && let Some(entry) = cache.get(key, &self.suite, selection)
        {
            return Ok(entry.report);
        }
        let started = Instant::now();
        let (report, _) = self.grader.grade_repeatedly(&self.suite, &work, selection)?;
        if report.verdict == Verdict::Interrupted {
            return Err(Fault::Interrupted.into());
        }
        if let (Some((cache, _)), Some(key)) = (&self.known, &key) {
            let duration_ms = milliseconds(started.elapsed());
            cache.put(key, &Entry { report: report.clone(), graded_at: now(), duration_ms });
        }
        Ok(report)
    }
}
