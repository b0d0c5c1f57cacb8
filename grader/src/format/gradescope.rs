//! `--format gradescope`: the `results.json` of an autograder there.
//!
//! Every text in it is shown as plain text, so nothing that a submission says becomes part of the page.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::Format;
use super::wording::{self, plain_failure};
use crate::report::{CheckReport, CheckStatus, ExerciseReport, Grade, Report};

/// The report for Gradescope.
#[derive(Debug, Clone, Copy)]
pub struct Gradescope;

#[derive(Serialize)]
struct Results {
    score: f64,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    test_output_format: &'static str,
    test_name_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
    extra_data: Value,
}

#[derive(Serialize)]
struct Test {
    name: String,
    number: String,
    score: u32,
    max_score: u32,
    status: &'static str,
    output: String,
    visibility: &'static str,
    tags: Vec<String>,
}

impl Format for Gradescope {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let tests = report.exercises.iter().zip(1..).flat_map(|(exercise, number)| tests(exercise, number));
        let results = Results {
            score: report.grade.as_ref().map_or(f64::from(report.points), |grade| grade.points),
            execution_time: Seconds(report.duration_ms).value(),
            output: summary(report),
            output_format: "text",
            test_output_format: "text",
            test_name_format: "text",
            visibility: "visible",
            tests: tests.collect(),
            extra_data: json!({
                "learner": report.learner,
                "submission": report.submission,
                "sha256": hashes(report),
                "graded_at": report.graded_at,
                "grader": report.grader,
                "toolchain": report.toolchain,
                "sandbox": report.sandbox,
                "max_points": report.max_points,
            }),
        };
        serde_json::to_writer_pretty(&mut *out, &results)?;
        writeln!(out)
    }
}

/// Milliseconds, which JSON there has as seconds.
struct Seconds(u64);

impl Seconds {
    fn value(&self) -> f64 {
        f64::from(u32::try_from(self.0).unwrap_or(u32::MAX)) / 1000.0
    }
}

fn hashes(report: &Report) -> Value {
    report.exercises.iter().map(|exercise| (exercise.exercise.clone(), json!(exercise.sha256))).collect()
}

fn summary(report: &Report) -> String {
    let mut lines: Vec<String> = report
        .exercises
        .iter()
        .map(|exercise| {
            let (points, max_points) = (exercise.points, exercise.max_points);
            format!(
                "{}: {}, {points} of {max_points} points",
                exercise.exercise,
                wording::verdict(exercise.verdict)
            )
        })
        .collect();
    if let Some(grade) = &report.grade {
        lines.extend(grade.steps.iter().cloned());
        lines.push(format!("{} of {} points", Grade::number(grade.points), Grade::number(grade.max_points)));
    }
    lines.join("\n")
}

fn tests(exercise: &ExerciseReport, number: usize) -> Vec<Test> {
    let mut tests = Vec::new();
    if !exercise.diagnostics.is_empty() {
        let said =
            exercise.diagnostics.iter().map(|one| one.rendered.as_ref().unwrap_or(&one.message).as_str());
        tests.push(Test {
            name: format!("{}: {}", exercise.exercise, wording::verdict(exercise.verdict)),
            number: format!("{number}.0"),
            score: 0,
            max_score: 0,
            status: "failed",
            output: said.collect::<Vec<_>>().join("\n"),
            visibility: "visible",
            tags: vec![exercise.exercise.clone()],
        });
    }
    tests.extend(
        exercise
            .checks
            .iter()
            .zip(1..)
            .map(|(check, place)| test(exercise, check, format!("{number}.{place}"))),
    );
    tests
}

fn test(exercise: &ExerciseReport, check: &CheckReport, number: String) -> Test {
    let output = match (&check.failure, check.status) {
        (Some(failure), _) => plain_failure(failure),
        (None, CheckStatus::Skipped) => "It did not run.".to_owned(),
        (None, _) => String::new(),
    };
    Test {
        name: format!("{}: {}", exercise.exercise, check.title),
        number,
        score: check.points,
        max_score: check.max_points,
        status: match check.status {
            CheckStatus::Passed => "passed",
            CheckStatus::Failed | CheckStatus::TimedOut | CheckStatus::Crashed | CheckStatus::Skipped => {
                "failed"
            }
        },
        output,
        visibility: "visible",
        tags: vec![exercise.exercise.clone(), check.engine.as_str().to_owned()],
    }
}
