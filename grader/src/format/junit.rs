//! `--format junit`: for what reads the results of test runners.
//!
//! A check that the submission does not pass is a failure; where the grader could not judge, an error; a check that
//! did not run because something before it failed is skipped.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::checks::last_place;
use super::wording::{self, plain_failure};
use super::{ClassFormat, Format, Unwritten};
use crate::class::rows::Rows;
use crate::report::{CheckReport, CheckStatus, Diagnostic, ExerciseReport, Grade, Report, Verdict};

/// The report as JUnit XML.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

impl Format for Junit {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let mut suites = Suites::new("interleave");
        add(&mut suites, report);
        suites.serialize(out).map_err(io::Error::other)
    }
}

impl ClassFormat for Junit {
    fn write_class(&self, rows: &Rows<'_>, out: &mut dyn io::Write) -> Result<(), Unwritten> {
        let mut suites = Suites::new("interleave");
        for row in rows.iter() {
            add(&mut suites, &row?.report);
        }
        suites.serialize(out).map_err(io::Error::other)?;
        Ok(())
    }
}

fn add(suites: &mut Suites, report: &Report) {
    for exercise in &report.exercises {
        suites.add_test_suite(suite(report, exercise));
    }
    let time = suites.time.unwrap_or_default() + Duration::from_millis(report.duration_ms);
    suites.set_time(time);
}

fn suite(report: &Report, exercise: &ExerciseReport) -> TestSuite {
    let name = match &report.learner {
        Some(learner) => format!("{learner}: {}", exercise.exercise),
        None => exercise.exercise.clone(),
    };
    let mut suite = TestSuite::new(name);
    suite.extra.insert(XmlString::new("timestamp"), XmlString::new(report.graded_at.trim_end_matches('Z')));
    let points = format!("{} of {}", exercise.points, exercise.max_points);
    let grade = report.grade.as_ref().map(|grade| Grade::number(grade.points));
    let properties = [
        ("learner", report.learner.as_deref()),
        ("submission", Some(report.submission.as_str())),
        ("sha256", exercise.sha256.as_deref()),
        ("graded_at", Some(report.graded_at.as_str())),
        ("verdict", Some(exercise.verdict.as_str())),
        ("points", Some(points.as_str())),
        ("grade", grade.as_deref()),
        ("grader", Some(report.grader.as_str())),
        ("toolchain", Some(report.toolchain.as_str())),
        ("sandbox", Some(report.sandbox.as_str())),
    ];
    for (name, value) in properties {
        if let Some(value) = value {
            suite.add_property((name, value));
        }
    }
    if let Some(case) = submission(exercise) {
        suite.add_test_case(case);
    }
    suite.add_test_cases(exercise.checks.iter().map(|check| case(exercise, check)));
    suite.set_time(exercise.checks.iter().map(|check| Duration::from_millis(check.duration_ms)).sum());
    suite
}

/// What kept the checks from running.
fn submission(exercise: &ExerciseReport) -> Option<TestCase> {
    let kind = match exercise.verdict {
        Verdict::Accepted | Verdict::Rejected => return None,
        Verdict::NotStarted | Verdict::CompileError | Verdict::Forbidden => NonSuccessKind::Failure,
        Verdict::Interrupted | Verdict::InternalError => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let first = exercise.diagnostics.first();
    status.set_type(exercise.verdict.as_str());
    status.set_message(first.map_or(wording::verdict(exercise.verdict), |first| first.message.as_str()));
    let told: Vec<String> = exercise.diagnostics.iter().map(told).collect();
    if !told.is_empty() {
        status.set_description(told.join("\n"));
    }
    let mut case = TestCase::new("submission", status);
    case.set_classname(exercise.exercise.as_str());
    if let Some(Diagnostic { file: Some(file), line: Some(line), .. }) = first {
        at(&mut case, file, *line);
    }
    Some(case)
}

fn told(diagnostic: &Diagnostic) -> String {
    diagnostic.rendered.clone().unwrap_or_else(|| diagnostic.message.clone())
}

fn at(case: &mut TestCase, file: &str, line: u32) {
    case.extra.insert(XmlString::new("file"), XmlString::new(file));
    case.extra.insert(XmlString::new("line"), XmlString::new(line.to_string()));
}

fn case(exercise: &ExerciseReport, check: &CheckReport) -> TestCase {
    let failed = |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        if let Some(failure) = &check.failure {
            status.set_type(failure.kind.as_str());
            status.set_message(failure.message.as_str());
            status.set_description(plain_failure(failure));
        }
        status
    };
    let status = match check.status {
        CheckStatus::Passed => TestCaseStatus::success(),
        CheckStatus::Failed | CheckStatus::Crashed | CheckStatus::TimedOut => failed(NonSuccessKind::Failure),
        CheckStatus::Skipped if check.failure.is_some() => failed(NonSuccessKind::Error),
        CheckStatus::Skipped => TestCaseStatus::skipped(),
    };
    let mut case = TestCase::new(check.title.as_str(), status);
    case.set_classname(format!("{}.{}.{}", exercise.exercise, check.engine.as_str(), check.name));
    case.set_time(Duration::from_millis(check.duration_ms));
    if let Some((file, line)) = check.failure.as_ref().and_then(last_place) {
        at(&mut case, &file, line);
    }
    case
}
