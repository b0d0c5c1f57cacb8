//! The learner's own work: which exercise is meant, and what is remembered of it.

use grader::catalog::{Catalog, Exercise};
use grader::error::{Error, Fault};
use grader::learner::interview::{self, Asked};
use grader::learner::progress::{self, Checked, Graded, Progress};
use grader::learner::state;
use grader::project::Project;
use grader::report::{ExerciseReport, Verdict};

/// The exercise of that name, or the one that is being worked on; the last one where all are accepted.
pub fn exercise<'a>(
    project: &Project,
    catalog: &'a Catalog,
    name: Option<&str>,
) -> Result<&'a Exercise, Error> {
    if let Some(name) = name {
        return Ok(catalog.get(name)?);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let progress = Progress::read(project.content());
    match state::current(project, catalog, &progress, &here).or(catalog.exercises().last()) {
        Some(exercise) => Ok(exercise),
        None => Ok(catalog.get("")?),
    }
}

/// Remembers how the learner's own files were graded. Half a grading says less than the whole one before it.
pub fn remember_graded(project: &Project, catalog: &Catalog, reports: &[ExerciseReport]) {
    let whole: Vec<(&Exercise, &ExerciseReport)> = reports
        .iter()
        .filter(|report| report.verdict != Verdict::Interrupted)
        .filter_map(|report| Some((catalog.get(&report.exercise).ok()?, report)))
        .collect();
    remember(project, |progress| {
        for (exercise, report) in whole {
            let entry = progress.entry(exercise);
            entry.was_accepted |= report.verdict == Verdict::Accepted;
            entry.graded = Some(Graded {
                files: progress::fingerprint(exercise),
                verdict: report.verdict,
                points: report.points,
                max_points: report.max_points,
            });
        }
    });
}

/// Remembers whether the files with this fingerprint pass the public tests.
pub fn remember_checked(project: &Project, exercise: &Exercise, files: String, report: &ExerciseReport) {
    let passes = match report.verdict {
        Verdict::Accepted => true,
        Verdict::Rejected | Verdict::CompileError | Verdict::Forbidden | Verdict::NotStarted => false,
        Verdict::Interrupted | Verdict::InternalError => return,
    };
    remember(project, |progress| progress.entry(exercise).checked = Some(Checked { files, passes }));
}

/// Remembers that the hints up to this level have been read.
pub fn remember_hint(project: &Project, exercise: &Exercise, level: usize) {
    remember(project, |progress| {
        let entry = progress.entry(exercise);
        entry.hints = entry.hints.max(level);
    });
}

/// Remembers whether the answer to an interview question was known.
pub fn remember_known(project: &Project, asked: &Asked<'_>, known: bool) {
    remember(project, |progress| interview::remember(asked, known, progress));
}

/// Where it cannot be kept, `list` knows less; the command must not fail for it.
fn remember(project: &Project, change: impl FnOnce(&mut Progress)) {
    match Progress::update(project.content(), change) {
        Ok(None) => {}
        Ok(Some(aside)) => {
            let copy =
                if aside.recovered { "its copy in .interleave/ was used" } else { "there was no copy" };
            eprintln!("progress.toml could not be read: it is kept as {}, and {copy}.", aside.file.display());
        }
        Err(fault) => eprintln!("Your progress could not be kept: {}.", reason(&fault)),
    }
}

fn reason(fault: &Fault) -> String {
    match std::error::Error::source(fault) {
        Some(source) => format!("{fault}: {source}"),
        None => fault.to_string(),
    }
}
