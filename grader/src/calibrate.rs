//! Proves a suite: what it must accept it accepts, and what it must catch is caught by the check that is
//! meant to catch it.

use std::fs;
use std::path::{Path, PathBuf};

use strum::VariantArray as _;

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{CheckReport, ExerciseReport, Mistake};
use crate::submission::Work;
use crate::suite::{CheckId, Selection, Suite};
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
    /// Each of `checks` fails, and the schedules show one of `mistakes`, or nothing if there are none.
    Caught {
        checks: Vec<CheckId>,
        mistakes: Vec<Mistake>,
    },
}

/// What became of a fixture.
#[derive(Debug, Clone)]
pub struct Calibration {
    pub exercise: String,
    pub name: String,
    /// What is not as it must be; empty when the suite holds.
    pub faults: Vec<String>,
    /// The failures with a schedule, and how many of them have the diagnosis that the mutant is about.
    pub diagnoses: Diagnoses,
}

/// Failures with a schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Diagnoses {
    pub all: u32,
    /// Those with the right diagnosis; none is right for a mistake that no schedule can show.
    pub right: u32,
}

impl Diagnoses {
    /// Whether nine of ten are right. Wrong ones are faults of their own; this is about missing ones.
    pub fn suffice(self) -> bool {
        u64::from(self.right) * 10 >= u64::from(self.all) * 9
    }
}

impl std::ops::AddAssign for Diagnoses {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.right += other.right;
    }
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
        let header = Header::read(&path)?;
        let expect = Expect::Caught { checks: header.caught_by(&suite)?, mistakes: header.mistakes()? };
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

/// The lines with `//!` at the beginning of a mutant.
struct Header<'a> {
    path: &'a Path,
    lines: Vec<String>,
}

impl<'a> Header<'a> {
    fn read(path: &'a Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(path).map_err(|source| Fault::io("read", path, source))?;
        let lines =
            text.lines().map_while(|line| line.strip_prefix("//!")).map(|line| line.trim().to_owned());
        Ok(Self { path, lines: lines.collect() })
    }

    /// The entry of `key`, which may go on over several lines up to the next key, and its line from 1.
    fn entry(&self, key: &str, example: &str) -> Result<(usize, String), Fault> {
        let Some(start) = self.lines.iter().position(|line| line.starts_with(key)) else {
            let message = format!("a mutant says in its header `{example}`");
            return Err(malformed(self.path, 1, &message));
        };
        let goes_on = |line: &&String| !line.contains(':') || line.contains("::");
        let rest = self.lines[start + 1..].iter().take_while(goes_on).map(String::as_str);
        let entry = [&self.lines[start][key.len()..]].into_iter().chain(rest).collect::<Vec<_>>().join(" ");
        Ok((start + 1, entry))
    }

    /// Reads `//! Caught by: check (engine), check (engine)`.
    fn caught_by(&self, suite: &Suite) -> Result<Vec<CheckId>, Fault> {
        let (line, list) = self.entry("Caught by:", "//! Caught by: check (engine)")?;
        let mut checks = Vec::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let Some(known) =
                suite.entries().map(|known| known.id()).find(|known| entry == known.to_string())
            else {
                let message = format!("the suite has no check `{entry}`: write `name (engine)`");
                return Err(malformed(self.path, line, &message));
            };
            checks.push(known);
        }
        if checks.is_empty() {
            return Err(malformed(self.path, line, "`Caught by:` names no check"));
        }
        Ok(checks)
    }

    /// Reads `//! Diagnosis: kind`, or several, if different checks show different sides of it. `none` is for a
    /// mistake that no schedule can show, such as a wrong formula.
    fn mistakes(&self) -> Result<Vec<Mistake>, Fault> {
        let (line, kinds) = self.entry("Diagnosis:", "//! Diagnosis: kind, or none")?;
        if kinds.trim() == "none" {
            return Ok(Vec::new());
        }
        let known = |kind: &str| match Mistake::VARIANTS.iter().find(|mistake| mistake.as_str() == kind) {
            Some(mistake) => Ok(*mistake),
            None => {
                let message = format!("there is no diagnosis `{kind}`; write one of the kinds, or `none`");
                Err(malformed(self.path, line, &message))
            }
        };
        kinds.split(',').map(str::trim).map(known).collect()
    }
}

impl Fixture {
    /// Grades the fixture and compares.
    ///
    /// # Errors
    /// When the grader itself fails.
    pub fn calibrate(&self, grader: &Grader<'_>, thoroughness: Thoroughness) -> Result<Calibration, Error> {
        let selection = match (&self.expect, thoroughness) {
            (Expect::Caught { checks, .. }, Thoroughness::Named) => Selection::Only(checks),
            (Expect::Caught { .. }, Thoroughness::Full) | (Expect::NotStarted | Expect::Accepted, _) => {
                Selection::All
            }
        };
        let report = grader.grade_work(&self.work, selection)?;
        let mut faults = self.expect.faults(&report);
        let diagnoses = self.expect.diagnoses(&report, &mut faults);
        Ok(Calibration { exercise: self.exercise.clone(), name: self.name.clone(), faults, diagnoses })
    }
}

impl Expect {
    fn faults(&self, report: &ExerciseReport) -> Vec<String> {
        let verdict = match self {
            Self::NotStarted => Verdict::NotStarted,
            Self::Accepted => Verdict::Accepted,
            Self::Caught { .. } => Verdict::Rejected,
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
            Self::Caught { checks, .. } => {
                for id in checks {
                    let caught = report.checks.iter().find(|check| id.is_of(check));
                    if !caught.is_some_and(|check| check.status.is_failure()) {
                        let status = caught.map_or("missing", |check| check.status.as_str());
                        faults.push(format!("is not caught by {id}: {status}"));
                    }
                }
            }
        }
        faults
    }

    /// Compares the diagnoses. A wrong one is a fault; one that is missing is only counted.
    fn diagnoses(&self, report: &ExerciseReport, faults: &mut Vec<String>) -> Diagnoses {
        let mut diagnoses = Diagnoses::default();
        let Self::Caught { checks, mistakes } = self else { return diagnoses };
        for check in &report.checks {
            let named = checks.iter().any(|id| id.is_of(check));
            let Some(failure) = check.failure.as_ref().filter(|failure| named && !failure.trace.is_empty())
            else {
                continue;
            };
            let found = failure.diagnosis.as_ref().map(|diagnosis| diagnosis.kind);
            diagnoses.all += 1;
            let right = found.map_or(mistakes.is_empty(), |found| mistakes.contains(&found));
            diagnoses.right += u32::from(right);
            if let Some(found) = found.filter(|_| !right) {
                let expected: Vec<&str> = mistakes.iter().map(|mistake| mistake.as_str()).collect();
                let expected = if expected.is_empty() { "none".to_owned() } else { expected.join(" or ") };
                faults.push(format!("{}: is diagnosed as {}, and is {expected}", check.name, found.as_str()));
            }
        }
        diagnoses
    }
}

fn not_passed(check: &CheckReport) -> Option<String> {
    let failure = check.failure.as_ref()?;
    let (name, engine) = (&check.name, check.engine.as_str());
    Some(format!("{name} ({engine}): {}: {}", failure.kind.as_str(), failure.message))
}
