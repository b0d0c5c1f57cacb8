//! Proves a suite: what it must accept it accepts, and what it must catch is caught by the check that is
//! meant to catch it.

mod expect;
mod known;
mod load;
mod opinions;
mod sample;
mod twins;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::mutant::{Base, Mutant};
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{CheckReport, CheckStatus, ExerciseReport, Verdict};
use crate::submission::Work;
use crate::suite::{Selection, Suite};

use expect::Expect;
pub use known::Known;
pub use load::Load;
pub use opinions::Opinions;
pub use sample::sample;

/// A submission whose verdict is known beforehand.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub exercise: String,
    /// Such as `mutants/notify_missing`.
    pub name: String,
    /// Read once for all fixtures of the exercise.
    suite: Arc<Suite>,
    work: Work,
    expect: Expect,
    /// The fixture that a mutant is a change to, by its name.
    base: Option<String>,
}

/// What the grading of a fixture showed.
#[derive(Debug, Clone)]
pub struct Calibration {
    pub exercise: String,
    pub name: String,
    /// What is not as it must be; empty when the suite holds.
    pub faults: Vec<String>,
    /// The failures with a schedule, and how many of them have the diagnosis that the mutant is about.
    pub diagnoses: Diagnoses,
    /// The checks that fail with a schedule, and have no diagnosis although the mutant's mistake is one that a schedule can
    /// show.
    pub undiagnosed: Vec<String>,
    /// How often loom agrees, if it was asked. A disagreement without a known reason is among the faults.
    pub opinions: Opinions,
    /// The checks whose search was cut short before it had found anything.
    pub cut_short: Vec<String>,
    /// Whether the result is one of an earlier grading.
    pub is_known: bool,
    base: Option<String>,
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

/// All fixtures of the exercises: stub, solution, accepted ones, mutants. The bases of the
/// mutants are among them.
///
/// # Errors
/// When one is missing or malformed, a mutant does not fit its base, or a suite is not whole.
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
    let suite = Arc::new(Suite::load(&project.suite(&exercise.slug))?);
    let fixture = |name: String, work: Work, expect: Expect| Fixture {
        exercise: exercise.slug.clone(),
        name,
        suite: Arc::clone(&suite),
        work,
        expect,
        base: None,
    };
    let stub = in_folder(exercise, &exercise.folder)?;
    let mut fixtures = vec![fixture("stub".to_owned(), stub, Expect::NotStarted)];
    for base in Base::all(project, exercise)? {
        let work = match &base {
            Base::Solution => in_folder(exercise, &project.solution(&exercise.slug))?,
            Base::Accepted(_) => Work::from_text(exercise, base.read(project, exercise)?)
                .ok_or_else(|| not_enough(&base.file(project, exercise)))?,
        };
        fixtures.push(fixture(base.to_string(), work, Expect::Accepted));
    }
    let mutants = Mutant::all(project, exercise)?;
    twins::prove(&suite, &mutants)?;
    for mutant in mutants {
        let work = Work::from_text(exercise, mutant.program(project, exercise)?)
            .ok_or_else(|| not_enough(&mutant.file))?;
        let expect = Expect::Caught { checks: mutant.caught_by(&suite)?, mistakes: mutant.mistakes()? };
        let base = mutant.base().map(Base::to_string);
        fixtures.push(Fixture { base, ..fixture(format!("mutants/{}", mutant.name), work, expect) });
    }
    Ok(fixtures)
}

fn in_folder(exercise: &Exercise, folder: &Path) -> Result<Work, Fault> {
    Work::in_folder(exercise, folder, folder)
        .ok_or_else(|| malformed(&folder.join(&exercise.editable[0]), "the file is missing"))
}

fn not_enough(file: &Path) -> Fault {
    malformed(file, "the exercise has several files to hand in, and this is one")
}

fn malformed(file: &Path, message: &str) -> Fault {
    Fault::Suite { file: file.to_owned(), line: 1, message: message.to_owned() }
}

impl Fixture {
    /// Whether its grading is to end in full points.
    pub fn is_right(&self) -> bool {
        matches!(self.expect, Expect::Accepted)
    }

    /// Grades the fixture and compares. What is `known` need not be graded again, if it came out as it must.
    ///
    /// # Errors
    /// When the grader itself fails, or is interrupted.
    pub fn calibrate(
        &self,
        grader: &Grader<'_>,
        thoroughness: Thoroughness,
        known: Option<&Known>,
    ) -> Result<Calibration, Error> {
        let selection = match (&self.expect, thoroughness) {
            (Expect::Caught { checks, .. }, Thoroughness::Named) => Selection::Only(checks),
            (Expect::Caught { .. }, Thoroughness::Full) | (Expect::NotStarted | Expect::Accepted, _) => {
                Selection::All
            }
        };
        // That the stub is one does not depend on its text alone, and is found out at once.
        let known = known.filter(|_| !matches!(self.expect, Expect::NotStarted));
        let known = known.and_then(|known| Some((known, known.key(self, selection)?)));
        if let Some((known, key)) = &known
            && let Some(report) = known.recall(key, self, selection)
        {
            let calibration = self.compared(&report, Vec::new());
            if calibration.faults.is_empty() {
                return Ok(Calibration { is_known: true, ..calibration });
            }
        }
        let started = Instant::now();
        let (report, differences) = grader.grade_repeatedly(&self.suite, &self.work, selection)?;
        if report.verdict == Verdict::Interrupted {
            return Err(Fault::Interrupted.into());
        }
        let calibration = self.compared(&report, differences);
        if let Some((known, key)) = known
            && calibration.faults.is_empty()
        {
            known.remember(&key, report, started.elapsed());
        }
        Ok(calibration)
    }

    fn compared(&self, report: &ExerciseReport, differences: Vec<String>) -> Calibration {
        let mut faults = self.expect.faults(report);
        let diagnoses = self.expect.diagnoses(report, &mut faults);
        let undiagnosed = self.expect.undiagnosed(report);
        let (opinions, disagreements) = Opinions::of(report);
        faults.extend(disagreements);
        faults.extend(differences);
        let cut_short = report.checks.iter().filter(|check| was_cut_short(check));
        Calibration {
            exercise: self.exercise.clone(),
            name: self.name.clone(),
            faults,
            diagnoses,
            undiagnosed,
            opinions,
            cut_short: cut_short.map(|check| check.name.clone()).collect(),
            is_known: false,
            base: self.base.clone(),
        }
    }
}

fn was_cut_short(check: &CheckReport) -> bool {
    let passed = check.status == CheckStatus::Passed;
    passed && check.coverage.is_some_and(|coverage| !coverage.complete && coverage.sampling.is_none())
}

/// Compares the mutants with their bases, once all are graded: a change to a program that is wrong anyway proves
/// nothing. Each mutant whose base is not accepted gets a fault.
pub fn prove_bases(calibrations: &mut [Calibration]) {
    let accepted: BTreeSet<(String, String)> = calibrations
        .iter()
        .filter(|calibration| calibration.faults.is_empty())
        .map(|calibration| (calibration.exercise.clone(), calibration.name.clone()))
        .collect();
    for calibration in calibrations {
        let Some(base) = &calibration.base else { continue };
        if !accepted.contains(&(calibration.exercise.clone(), base.clone())) {
            calibration.faults.push(format!("is a change to {base}, which is not accepted"));
        }
    }
}
