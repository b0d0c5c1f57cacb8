//! The end of the output, which is what a terminal shows last: the verdict, what to mend first, and the next commands.

use super::{Page, colour};
use crate::diagnosis::Kind;
use crate::format::checks::{by_name, did_run};
use crate::format::coverage::searched_together;
use crate::format::wording::{plural, sandbox, verdict};
use crate::report::{
    CheckReport, CheckStatus, Diagnostic, ExerciseReport, FailureKind, Group, Level, Report, Sandbox,
    SourceLine, Verdict,
};

impl Page {
    /// What to do next, and what came out of it all.
    pub(super) fn summary(&mut self, report: &Report) {
        let first = report.exercises.iter().find_map(|exercise| Some((exercise, to_mend(exercise)?)));
        if let Some((exercise, group)) = first {
            self.next(exercise, group);
        }
        let rejected = report.exercises.iter().find_map(|exercise| Some((exercise, error(exercise)?)));
        let rejected = rejected.filter(|_| first.is_none());
        if let Some((exercise, error)) = rejected {
            self.next_error(exercise, error);
        }
        if first.is_some() || rejected.is_some() {
            report.exercises.iter().for_each(|exercise| self.outcome(exercise));
        }
        self.total(report);
    }

    /// The one mistake to mend first.
    fn next(&mut self, exercise: &ExerciseReport, group: &Group) {
        let what = self.paint.bold(&format!("Next: {}", heading(group, &exercise.checks)));
        self.paragraph("", 2, &what);
        let lines = group.lines.iter().take(if group.names_its_place() { 3 } else { 0 });
        for SourceLine { file, line } in lines {
            let text = source(exercise, file, *line);
            self.paragraph("  ", 4, &format!("{file}:{line}  {text}"));
        }
        if let Some((also, line)) = plainer(exercise, group) {
            let SourceLine { file, line: at } = line;
            let text = source(exercise, file, *at);
            self.paragraph(
                "  ",
                4,
                &format!(
                    "No line is known for that; one for another failure, which may have the same \
                 cause: {}",
                    heading(also, &exercise.checks)
                ),
            );
            self.paragraph("  ", 4, &format!("{file}:{at}  {text}"));
        }
        let token = group.simplest.find(&exercise.checks);
        let token = token.and_then(|check| check.failure.as_ref()?.token.as_deref());
        let kind = group.mistake.map(Kind::Mistake).unwrap_or(Kind::Failure(group.kind));
        let mut commands = vec![("what that is", format!("cargo xtask explain {}", kind.as_str()))];
        if let Some(token) = token {
            commands.push(("that schedule", format!("cargo xtask replay {token}")));
        }
        commands.push(("a hint", format!("exercises/{}/hints/1.md", exercise.exercise)));
        commands.push(("grade again", format!("cargo xtask grade -e {}", exercise.exercise)));
        for (why, command) in commands {
            // In one line, however long it is: it is there to be copied.
            let why = self.paint.dim(&format!("{why:<14}"));
            self.line(&format!("  {why}{command}"));
        }
        self.line("");
    }

    /// What the compiler rejects first.
    fn next_error(&mut self, exercise: &ExerciseReport, error: &Diagnostic) {
        let what = self.paint.bold(&format!("Next: {}", error.message));
        self.paragraph("", 2, &what);
        if let (Some(file), Some(line)) = (&error.file, error.line) {
            let place = format!("{file}:{line}  {}", source(exercise, file, line));
            self.paragraph("  ", 4, place.trim_end());
        }
        let why = self.paint.dim("grade again   ");
        self.line(&format!("  {why}cargo xtask grade -e {}", exercise.exercise));
        self.line("");
    }

    /// One line for an exercise.
    fn outcome(&mut self, exercise: &ExerciseReport) {
        let ran: Vec<&CheckReport> = exercise.checks.iter().filter(|check| did_run(check)).collect();
        let blocks = by_name(&ran);
        let is_passed =
            |block: &&Vec<&CheckReport>| block.iter().all(|check| check.status == CheckStatus::Passed);
        let passed = blocks.iter().filter(is_passed).count();
        let counted = if blocks.is_empty() {
            String::new()
        } else {
            format!("  {} of {} passed", passed, plural(blocks.len(), "check"))
        };
        let word = self.paint.colour(colour(exercise.verdict), verdict(exercise.verdict));
        let points = format!("{}/{}", exercise.points, exercise.max_points);
        self.paragraph("", 2, &format!("{}  {word}  {points}{counted}", exercise.exercise));
    }

    fn total(&mut self, report: &Report) {
        let accepted =
            report.exercises.iter().filter(|exercise| exercise.verdict == Verdict::Accepted).count();
        let seconds = report.duration_ms / 1000;
        let tenths = report.duration_ms % 1000 / 100;
        let total = format!(
            "{} of {} points, {accepted} of {} accepted",
            report.points,
            report.max_points,
            plural(report.exercises.len(), "exercise")
        );
        let line =
            format!("{}  {}", self.paint.bold(&total), self.paint.dim(&format!("{seconds}.{tenths} s")));
        self.line(&line);
        if let Some(searched) = searched_together(&report.exercises) {
            let line = self.paint.dim(&searched);
            self.paragraph("", 2, &line);
        }
        match report.sandbox {
            Sandbox::Full => {}
            weaker @ (Sandbox::LandlockAndSeccomp | Sandbox::LimitsOnly) => {
                self.line(&self.paint.dim(&format!("sandbox: {}", sandbox(weaker))));
            }
        }
    }
}

/// The simplest mistake; where there is none, the first function that is not there yet.
fn to_mend(exercise: &ExerciseReport) -> Option<&Group> {
    let is_mistake =
        |group: &&Group| group.kind != FailureKind::NotImplemented && group.kind != FailureKind::Unsupported;
    let mut unfinished = exercise.groups.iter().filter(|group| group.kind == FailureKind::NotImplemented);
    exercise.groups.iter().find(is_mistake).or_else(|| unfinished.next())
}

/// Where no line is known for the mistake that is to be mended first: another one, of which the cause is known, and its
/// line.
fn plainer<'a>(exercise: &'a ExerciseReport, first: &Group) -> Option<(&'a Group, &'a SourceLine)> {
    let known = exercise.groups.iter().filter(|group| group.mistake.is_some());
    let mut known = known.filter_map(|group| Some((group, group.lines.first()?)));
    known.next().filter(|_| first.lines.is_empty() || !first.names_its_place())
}

/// The first thing for which the work is rejected before any check has run.
fn error(exercise: &ExerciseReport) -> Option<&Diagnostic> {
    exercise.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error)
}

fn heading(group: &Group, checks: &[CheckReport]) -> String {
    let kind = group.mistake.map(Kind::Mistake).unwrap_or(Kind::Failure(group.kind));
    let function = group.function.as_ref().filter(|_| group.names_its_place());
    let function = function.map(|function| format!(" (in `{function}`)")).unwrap_or_default();
    let requirement = group.requirement(checks).map(|requirement| format!(": {requirement}"));
    format!("{}{function}{}", kind.page().title(), requirement.unwrap_or_default())
}

/// A line of the work, without the space around it.
fn source<'a>(exercise: &'a ExerciseReport, file: &str, line: u32) -> &'a str {
    let file = exercise.sources.iter().find(|source| source.name == file);
    let position = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
    file.zip(position).and_then(|(file, position)| file.text.lines().nth(position)).map_or("", str::trim)
}
