//! `--format codequality`: a Code Quality report of GitLab, which shows in a merge request what is new and what is fixed.
//!
//! Findings are told apart by their fingerprints, which do not depend on lines: what moves stays the same finding.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::checks::last_place;
use super::repository::path;
use super::{ClassFormat, Format, Unwritten, wording};
use crate::class::rows::Rows;
use crate::digest;
use crate::report::{CheckReport, CheckStatus, ExerciseReport, Level, Report, Verdict};

/// The report as findings.
#[derive(Debug, Clone, Copy)]
pub struct CodeQuality;

#[derive(Serialize)]
struct Finding {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: Severity,
    location: Location,
    content: Content,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Minor,
    Major,
    Blocker,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Who found it. Nothing that a submission says is in it, since it may be shown as Markdown.
#[derive(Serialize)]
struct Content {
    body: String,
}

impl Format for CodeQuality {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let mut list = List { out, is_empty: true };
        list.add(report)?;
        list.end()
    }
}

impl ClassFormat for CodeQuality {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let mut list = List { out, is_empty: true };
        for row in rows.iter() {
            list.add(&row?.report)?;
        }
        Ok(list.end()?)
    }
}

/// A list of which each item is written at once.
struct List<'a> {
    out: &'a mut dyn io::Write,
    is_empty: bool,
}

impl List<'_> {
    fn add(&mut self, report: &Report) -> io::Result<()> {
        let mut known = BTreeMap::new();
        for exercise in &report.exercises {
            for mut finding in findings(report, exercise) {
                // Of several that are alike, each is one.
                let number = known.entry(finding.fingerprint.clone()).or_insert(0_usize);
                *number += 1;
                finding.fingerprint = digest::of(format!("{} {number}", finding.fingerprint).as_bytes());
                self.out.write_all(if self.is_empty { b"[\n  " } else { b",\n  " })?;
                self.is_empty = false;
                serde_json::to_writer(&mut *self.out, &finding)?;
            }
        }
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        self.out.write_all(if self.is_empty { b"[]\n" } else { b"\n]\n" })
    }
}

fn findings(report: &Report, exercise: &ExerciseReport) -> Vec<Finding> {
    let finding = |place: Option<(String, u32)>, check: String, description: String, severity| {
        let first =
            || exercise.sources.first().map_or("src/lib.rs", |source| source.name.as_str()).to_owned();
        let (file, line) = place.unwrap_or_else(|| (first(), 1));
        let path = path(report, exercise, &file);
        let learner = report.learner.as_deref().unwrap_or_default();
        let what = [learner, &exercise.exercise, &check, &description, &path].join("\0");
        Finding {
            description: description.split_whitespace().collect::<Vec<_>>().join(" "),
            check_name: format!("{}: {check}", exercise.exercise),
            fingerprint: digest::of(what.as_bytes()),
            severity,
            location: Location { path, lines: Lines { begin: line } },
            content: Content { body: origin(report, exercise) },
        }
    };
    let verdict = wording::verdict(exercise.verdict);
    let mut findings = Vec::new();
    for one in &exercise.diagnostics {
        let severity = match one.level {
            Level::Error => Severity::Blocker,
            Level::Warning => Severity::Minor,
        };
        let place = one.file.clone().map(|file| (file, one.line.unwrap_or(1)));
        findings.push(finding(place, verdict.to_owned(), format!("{verdict}: {}", one.message), severity));
    }
    for check in &exercise.checks {
        let Some(failure) = &check.failure else { continue };
        let said = format!("{}: {}", check.title, failure.message);
        findings.push(finding(last_place(failure), check.name.clone(), said, severity(check)));
    }
    if findings.is_empty() && exercise.verdict == Verdict::NotStarted {
        findings.push(finding(
            None,
            verdict.to_owned(),
            "This is still the stub.".to_owned(),
            Severity::Info,
        ));
    }
    findings
}

fn severity(check: &CheckReport) -> Severity {
    match check.status {
        CheckStatus::Failed | CheckStatus::Crashed | CheckStatus::TimedOut => Severity::Major,
        // It could not be judged.
        CheckStatus::Passed | CheckStatus::Skipped => Severity::Info,
    }
}

fn origin(report: &Report, exercise: &ExerciseReport) -> String {
    let Report { grader, toolchain, graded_at, .. } = report;
    let hash = exercise.sha256.as_deref().unwrap_or("nothing");
    format!(
        "Graded {graded_at} by Interleave {grader} with {toolchain}, sandbox: {}, sha256: {hash}",
        report.sandbox.as_str()
    )
}
