//! Proves a suite: what it must accept it accepts, and what it must catch is caught by the check that is
//! meant to catch it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::pipeline::{Grader, Selection};
use crate::project::Project;
use crate::report::{CheckReport, Engine, ExerciseReport};
use crate::submission::Work;
use crate::suite::Suite;
use crate::verdict::Verdict;

/// A submission of which it is known what must become of it.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub exercise: String,
    /// Such as `mutants/notify_missing`.
    pub name: String,
    work: Work,
    expect: Expect,
}

#[derive(Debug, Clone)]
enum Expect {
    NotStarted,
    Accepted,
    /// Each of these checks fails.
    CaughtBy(Vec<(String, Engine)>),
}

/// What became of a fixture.
#[derive(Debug, Clone)]
pub struct Calibration {
    pub exercise: String,
    pub name: String,
    /// What is not as it must be; empty when the suite holds.
    pub faults: Vec<String>,
}

/// How much of a mutant's grading to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thoroughness {
    /// The checks that it names, which is what has to be proved.
    Named,
    /// The whole suite.
    Full,
}

/// All fixtures of the exercises: stub, solution, accepted ones, mutants.
///
/// # Errors
/// When one is missing or malformed, or a suite is not whole.
pub fn fixtures(project: &Project, catalog: &Catalog, exercises: &[String]) -> Result<Vec<Fixture>, Error> {
    let mut fixtures = Vec::new();
    for exercise in catalog.exercises() {
        if exercises.is_empty() || exercises.contains(&exercise.slug) {
            fixtures.extend(of(project, exercise)?);
        }
    }
    Ok(fixtures)
}

fn of(project: &Project, exercise: &Exercise) -> Result<Vec<Fixture>, Fault> {
    let folder = project.suite(&exercise.slug);
    let suite = Suite::load(&folder)?;
    let mut fixtures = vec![
        whole(exercise, "stub", &exercise.folder, Expect::NotStarted)?,
        whole(exercise, "solution", &project.solution(&exercise.slug), Expect::Accepted)?,
    ];
    for path in rust_files(&folder.join("accepted"))? {
        fixtures.push(single(exercise, "accepted", &path, Expect::Accepted)?);
    }
    for path in rust_files(&folder.join("mutants"))? {
        let expect = Expect::CaughtBy(caught_by(&path, &suite)?);
        fixtures.push(single(exercise, "mutants", &path, expect)?);
    }
    Ok(fixtures)
}

fn whole(exercise: &Exercise, name: &str, folder: &Path, expect: Expect) -> Result<Fixture, Fault> {
    let work = Work::in_folder(exercise, folder, folder)
        .ok_or_else(|| malformed(&folder.join(&exercise.editable[0]), 1, "the file is missing"))?;
    Ok(Fixture { exercise: exercise.slug.clone(), name: name.to_owned(), work, expect })
}

fn single(exercise: &Exercise, kind: &str, path: &Path, expect: Expect) -> Result<Fixture, Fault> {
    let work = Work::from_file(exercise, path)
        .ok_or_else(|| malformed(path, 1, "the exercise has several files to hand in, and this is one"))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Fixture { exercise: exercise.slug.clone(), name: format!("{kind}/{stem}"), work, expect })
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let io = |source| Fault::io("list", folder, source);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn malformed(file: &Path, line: usize, message: &str) -> Fault {
    Fault::Suite { file: file.to_owned(), line, message: message.to_owned() }
}

/// Reads `//! Caught by: check (engine), check (engine)` at the beginning of a mutant.
fn caught_by(path: &Path, suite: &Suite) -> Result<Vec<(String, Engine)>, Fault> {
    const KEY: &str = "Caught by:";
    let text = fs::read_to_string(path).map_err(|source| Fault::io("read", path, source))?;
    let header: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let Some(start) = header.iter().position(|line| line.starts_with(KEY)) else {
        return Err(malformed(
            path,
            1,
            "a mutant says in its header which checks catch it: `//! Caught by: check (engine)`",
        ));
    };
    // The list may go on over several lines, up to the next key.
    let rest = header[start + 1..].iter().take_while(|line| !line.contains(':') || line.contains("::"));
    let list = [&header[start][KEY.len()..]].into_iter().chain(rest.copied()).collect::<Vec<_>>().join(" ");
    let mut checks = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let known = suite.entries().find(|(name, engine)| entry == format!("{name} ({})", engine.as_str()));
        let Some((name, engine)) = known else {
            return Err(malformed(
                path,
                start + 1,
                &format!("the suite has no check `{entry}`: write `name (engine)`"),
            ));
        };
        checks.push((name.to_owned(), engine));
    }
    if checks.is_empty() {
        return Err(malformed(path, start + 1, "`Caught by:` names no check"));
    }
    Ok(checks)
}

impl Fixture {
    /// Grades the fixture and compares.
    ///
    /// # Errors
    /// When the grader itself fails.
    pub fn calibrate(&self, grader: &Grader<'_>, thoroughness: Thoroughness) -> Result<Calibration, Error> {
        let selection = match (&self.expect, thoroughness) {
            (Expect::CaughtBy(checks), Thoroughness::Named) => Selection::Only(checks),
            (Expect::CaughtBy(_), Thoroughness::Full) | (Expect::NotStarted | Expect::Accepted, _) => {
                Selection::All
            }
        };
        let report = grader.grade_work(&self.work, selection)?;
        let faults = self.expect.faults(&report);
        Ok(Calibration { exercise: self.exercise.clone(), name: self.name.clone(), faults })
    }
}

impl Expect {
    fn faults(&self, report: &ExerciseReport) -> Vec<String> {
        let verdict = match self {
            Self::NotStarted => Verdict::NotStarted,
            Self::Accepted => Verdict::Accepted,
            Self::CaughtBy(_) => Verdict::Rejected,
        };
        let mut faults = Vec::new();
        if report.verdict != verdict {
            faults.push(format!("is {}, not {}", report.verdict.as_str(), verdict.as_str()));
            faults.extend(report.diagnostics.iter().map(|diagnostic| {
                let place = diagnostic.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                format!("{place}{}", diagnostic.message)
            }));
        }
        match self {
            Self::NotStarted => {}
            Self::Accepted => {
                if report.points != report.max_points {
                    faults.push(format!("has {} of {} points", report.points, report.max_points));
                }
                faults.extend(report.checks.iter().filter_map(not_passed));
            }
            Self::CaughtBy(checks) => {
                for (name, engine) in checks {
                    let caught =
                        report.checks.iter().find(|check| check.name == *name && check.engine == *engine);
                    if !caught.is_some_and(|check| check.status.is_failure()) {
                        let status = caught.map_or("missing", |check| check.status.as_str());
                        faults.push(format!("is not caught by {name} ({}): {status}", engine.as_str()));
                    }
                }
            }
        }
        faults
    }
}

fn not_passed(check: &CheckReport) -> Option<String> {
    let failure = check.failure.as_ref()?;
    let (name, engine) = (&check.name, check.engine.as_str());
    Some(format!("{name} ({engine}): {}: {}", failure.kind.as_str(), failure.message))
}
