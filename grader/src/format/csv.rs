//! `--format csv`: a gradebook, one row for each learner.

use std::io;

use super::{ClassFormat, Format, Unwritten};
use crate::class::intake::Learner;
use crate::class::rows::Rows;
use crate::report::{Grade, Report};

/// The report as a row of a gradebook.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

impl Format for Csv {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let exercises: Vec<&str> =
            report.exercises.iter().map(|exercise| exercise.exercise.as_str()).collect();
        writer.write_record(headings(&exercises))?;
        writer.write_record(row(report, None))?;
        writer.flush()
    }
}

impl ClassFormat for Csv {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(headings(&rows.slugs())).map_err(io::Error::from)?;
        for each in rows.iter() {
            let each = each?;
            writer.write_record(row(&each.report, Some(each.learner))).map_err(io::Error::from)?;
        }
        writer.flush()?;
        Ok(())
    }
}

/// A column for the points of each exercise, the sums, and then what is behind them.
fn headings(exercises: &[&str]) -> Vec<String> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut headings = own(&["learner", "name"]);
    headings.extend(own(exercises));
    headings.extend(own(&["total", "max", "grade"]));
    headings.extend(exercises.iter().map(|exercise| format!("{exercise} verdict")));
    headings.extend(exercises.iter().map(|exercise| format!("{exercise} sha256")));
    headings.extend(own(&[
        "submitted",
        "graded-at",
        "grader",
        "toolchain",
        "sandbox",
        "explanation",
        "notes",
    ]));
    headings
}

fn row(report: &Report, learner: Option<&Learner>) -> Vec<String> {
    let exercises = || report.exercises.iter();
    let mut cells = vec![
        safe(report.learner.as_deref().unwrap_or(&report.submission)),
        safe(learner.and_then(|learner| learner.name.as_deref()).unwrap_or("")),
    ];
    cells.extend(exercises().map(|exercise| exercise.points.to_string()));
    cells.extend([report.points.to_string(), report.max_points.to_string()]);
    cells.push(report.grade.as_ref().map(|grade| Grade::number(grade.points)).unwrap_or_default());
    cells.extend(exercises().map(|exercise| exercise.verdict.as_str().to_owned()));
    cells.extend(exercises().map(|exercise| exercise.sha256.clone().unwrap_or_default()));
    let submitted = learner.and_then(|learner| learner.submitted.as_deref()).unwrap_or("");
    let own = [submitted, &report.graded_at, &report.grader, &report.toolchain, report.sandbox.as_str()];
    cells.extend(own.map(safe));
    let steps = report.grade.as_ref().map(|grade| grade.steps.join("; ")).unwrap_or_default();
    cells.push(safe(&steps));
    cells.push(safe(&notes(report, learner)));
    cells
}

/// What is wrong with the row, if anything is: the first thing of each exercise.
fn notes(report: &Report, learner: Option<&Learner>) -> String {
    let own = learner.into_iter().flat_map(|learner| learner.notes.iter().cloned());
    let wrong = report.exercises.iter().filter_map(|exercise| {
        let first = exercise.diagnostics.first()?;
        Some(format!("{}: {}", exercise.exercise, first.message))
    });
    own.chain(wrong).collect::<Vec<_>>().join("; ")
}

/// A cell that no spreadsheet takes for a formula.
fn safe(text: &str) -> String {
    let one_line = text.replace(char::is_control, " ");
    if one_line.starts_with(['=', '+', '-', '@', '|', '%']) { format!("'{one_line}") } else { one_line }
}
