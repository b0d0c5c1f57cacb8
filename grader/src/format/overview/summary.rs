//! What a class has in common: little of each row.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::class::rows::Rows;
use crate::error::Fault;
use crate::report::{CheckReport, CheckStatus, Engine, FailureKind, Grade, Mistake, Report, Verdict};

/// The bars of the distribution.
pub(super) const BARS: usize = 10;

pub(super) struct Summary {
    pub rows: Vec<Line>,
    /// The most frequent first.
    pub mistakes: Vec<(Kind, Frequent)>,
    /// How many learners have points in each tenth.
    pub distribution: [usize; BARS],
    /// The checks of each exercise.
    checks: Vec<Vec<Column>>,
    /// Who graded: the report of nobody.
    pub graded_by: Option<String>,
}

/// What went wrong: a mistake, where the execution shows which one, otherwise how the check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mistake(Mistake),
    Failure(FailureKind),
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Mistake(mistake) => mistake.as_str(),
            Self::Failure(kind) => kind.as_str(),
        }
    }
}

/// A mistake, and the first learner who made it.
pub(super) struct Frequent {
    learners: BTreeSet<usize>,
    pub learner: String,
    pub exercise: String,
    pub check: String,
    pub message: String,
}

impl Frequent {
    pub(super) fn count(&self) -> usize {
        self.learners.len()
    }
}

/// What is kept of a row.
pub(super) struct Line {
    pub exercises: Vec<(Verdict, u32, u32)>,
    pub points: u32,
    pub max_points: u32,
    pub grade: Option<Grade>,
    pub duration_ms: u64,
    pub wrong: Option<String>,
    /// Of each exercise the hash of what was graded.
    pub graded: Vec<Option<String>>,
    /// Of each exercise a letter for each check.
    statuses: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Column {
    title: String,
    engine: Engine,
}

/// What the script draws.
#[derive(Serialize)]
pub(super) struct Heat<'a> {
    exercises: Vec<HeatExercise<'a>>,
    learners: Vec<(&'a str, &'a [String])>,
}

#[derive(Serialize)]
struct HeatExercise<'a> {
    name: &'a str,
    checks: &'a [Column],
}

impl Summary {
    pub(super) fn of(rows: &Rows<'_>) -> Result<Self, Fault> {
        let mut summary = Self {
            rows: Vec::new(),
            mistakes: Vec::new(),
            distribution: [0; BARS],
            checks: vec![Vec::new(); rows.exercises.len()],
            graded_by: None,
        };
        for (number, row) in rows.iter().enumerate() {
            summary.add(number, &row?.report);
        }
        summary.mistakes.sort_by(|(a, one), (b, other)| {
            other.count().cmp(&one.count()).then_with(|| a.as_str().cmp(b.as_str()))
        });
        Ok(summary)
    }

    fn add(&mut self, number: usize, report: &Report) {
        let mut statuses = Vec::new();
        for (exercise, columns) in report.exercises.iter().zip(&mut self.checks) {
            if columns.is_empty() {
                let column =
                    |check: &CheckReport| Column { title: check.title.clone(), engine: check.engine };
                columns.extend(exercise.checks.iter().map(column));
            }
            // Reports have the checks of a suite in one order, but what is missing would shift the rest.
            let of: BTreeMap<(&str, Engine), &CheckReport> =
                exercise.checks.iter().map(|check| ((check.title.as_str(), check.engine), check)).collect();
            let letters = columns.iter().map(|column| {
                of.get(&(column.title.as_str(), column.engine)).map_or('-', |check| letter(check.status))
            });
            statuses.push(letters.collect());
        }
        for exercise in &report.exercises {
            exercise.checks.iter().for_each(|check| self.note(number, report, &exercise.exercise, check));
        }
        let tenth = match report.max_points {
            0 => 0,
            max => (usize::try_from(report.points * 10 / max).unwrap_or(0)).min(BARS - 1),
        };
        self.distribution[tenth] += 1;
        self.graded_by.get_or_insert_with(|| {
            format!(
                "Interleave {} with {}, sandbox: {}",
                report.grader,
                report.toolchain,
                report.sandbox.as_str()
            )
        });
        let wrong = report.exercises.iter().find_map(|exercise| {
            let first = exercise.diagnostics.first()?;
            Some(format!("{}: {}", exercise.exercise, first.message))
        });
        self.rows.push(Line {
            exercises: report.exercises.iter().map(|one| (one.verdict, one.points, one.max_points)).collect(),
            points: report.points,
            max_points: report.max_points,
            grade: report.grade.clone(),
            duration_ms: report.duration_ms,
            wrong,
            graded: report.exercises.iter().map(|one| one.sha256.clone()).collect(),
            statuses,
        });
    }

    fn note(&mut self, number: usize, report: &Report, exercise: &str, check: &CheckReport) {
        let Some(failure) = &check.failure else { return };
        let (kind, message) = match &failure.diagnosis {
            Some(diagnosis) => (Kind::Mistake(diagnosis.kind), &diagnosis.message),
            None => (Kind::Failure(failure.kind), &failure.message),
        };
        match self.mistakes.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => {
                known.learners.insert(number);
            }
            None => self.mistakes.push((
                kind,
                Frequent {
                    learners: BTreeSet::from([number]),
                    learner: report.learner.clone().unwrap_or_default(),
                    exercise: exercise.to_owned(),
                    check: check.title.clone(),
                    message: message.clone(),
                },
            )),
        }
    }

    pub(super) fn heat<'a>(&'a self, rows: &Rows<'a>) -> Heat<'a> {
        let exercises = rows.slugs().into_iter().zip(&self.checks);
        let learners = rows.class.learners.iter().zip(&self.rows);
        Heat {
            exercises: exercises.map(|(name, checks)| HeatExercise { name, checks }).collect(),
            learners: learners
                .map(|(learner, line)| (learner.id.as_str(), line.statuses.as_slice()))
                .collect(),
        }
    }
}

fn letter(status: CheckStatus) -> char {
    match status {
        CheckStatus::Passed => 'p',
        CheckStatus::Failed => 'f',
        CheckStatus::TimedOut => 't',
        CheckStatus::Crashed => 'c',
        CheckStatus::Skipped => '-',
    }
}
