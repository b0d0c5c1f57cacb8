//! `--format actions`: workflow commands of GitHub Actions, an annotation at each line of the learner's that matters.

use std::io;

use super::checks::last_place;
use super::repository::path;
use super::wording::{self, plain_failure};
use super::{ClassFormat, Format, Unwritten};
use crate::class::rows::Rows;
use crate::report::{ExerciseReport, Level, Report, Verdict};

/// The report as annotations.
#[derive(Debug, Clone, Copy)]
pub struct Actions;

impl Format for Actions {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        report.exercises.iter().try_for_each(|exercise| annotations(report, exercise, out))?;
        let accepted =
            report.exercises.iter().filter(|exercise| exercise.verdict == Verdict::Accepted).count();
        let said = format!(
            "{} of {} points, {accepted} of {} accepted; graded {} by Interleave {} with {}, sandbox: {}",
            report.points,
            report.max_points,
            wording::plural(report.exercises.len(), "exercise"),
            report.graded_at,
            report.grader,
            report.toolchain,
            report.sandbox.as_str()
        );
        command(out, "notice", &[("title", report.learner.as_deref().unwrap_or("Interleave"))], &said)
    }
}

impl ClassFormat for Actions {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        for row in rows.iter() {
            self.write(&row?.report, out)?;
        }
        Ok(())
    }
}

fn annotations(report: &Report, exercise: &ExerciseReport, out: &mut dyn io::Write) -> io::Result<()> {
    let title = |what: &str| match &report.learner {
        Some(learner) => format!("{learner}: {}: {what}", exercise.exercise),
        None => format!("{}: {what}", exercise.exercise),
    };
    for diagnostic in &exercise.diagnostics {
        let level = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let place = diagnostic.file.as_ref().map(|file| (path(report, exercise, file), diagnostic.line));
        annotate(out, level, place, &title(wording::verdict(exercise.verdict)), &diagnostic.message)?;
    }
    for check in &exercise.checks {
        let Some(failure) = &check.failure else { continue };
        let place = last_place(failure).map(|(file, line)| (path(report, exercise, &file), Some(line)));
        annotate(out, "error", place, &title(&check.title), &plain_failure(failure))?;
    }
    if exercise.diagnostics.is_empty() && exercise.verdict == Verdict::NotStarted {
        annotate(out, "warning", None, &title("not started"), "This is still the stub.")?;
    }
    Ok(())
}

fn annotate(
    out: &mut dyn io::Write,
    level: &str,
    place: Option<(String, Option<u32>)>,
    title: &str,
    message: &str,
) -> io::Result<()> {
    let (file, line) =
        place.map_or((None, None), |(file, line)| (Some(file), line.map(|line| line.to_string())));
    let properties = [("file", file.as_deref()), ("line", line.as_deref()), ("title", Some(title))];
    let properties: Vec<_> =
        properties.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    command(out, level, &properties, message)
}

/// One line, whatever is in it: nothing of a submission can begin another command.
fn command(
    out: &mut dyn io::Write,
    name: &str,
    properties: &[(&str, &str)],
    message: &str,
) -> io::Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    writeln!(out, "::{name} {}::{}", properties.join(","), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
