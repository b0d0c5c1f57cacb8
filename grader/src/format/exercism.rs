//! `--format exercism`: the `results.json` of a test runner there, version 3.

use std::io;

use serde::Serialize;

use super::Format;
use super::wording::{self, plain_failure};
use crate::report::{CheckReport, CheckStatus, Report, Verdict};

/// What a message may have there, in characters.
const MAX_MESSAGE: usize = 65_535;

/// The report for Exercism.
#[derive(Debug, Clone, Copy)]
pub struct Exercism;

#[derive(Serialize)]
struct Results<'a> {
    version: u32,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    tests: Vec<Test<'a>>,
    /// What others need not read.
    interleave: Origin<'a>,
}

#[derive(Serialize)]
struct Origin<'a> {
    learner: Option<&'a str>,
    sha256: Vec<Option<&'a str>>,
    graded_at: &'a str,
    grader: &'a str,
    toolchain: &'a str,
    sandbox: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pass,
    Fail,
    Error,
}

#[derive(Serialize)]
struct Test<'a> {
    name: &'a str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Format for Exercism {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let checks = report.exercises.iter().flat_map(|exercise| &exercise.checks);
        let status = status(report);
        let results = Results {
            version: 3,
            status,
            message: (status == Status::Error).then(|| message(report)),
            // Where nothing ran there are no tests.
            tests: if status == Status::Error { Vec::new() } else { checks.map(test).collect() },
            interleave: Origin {
                learner: report.learner.as_deref(),
                sha256: report.exercises.iter().map(|exercise| exercise.sha256.as_deref()).collect(),
                graded_at: &report.graded_at,
                grader: &report.grader,
                toolchain: &report.toolchain,
                sandbox: report.sandbox.as_str(),
            },
        };
        serde_json::to_writer_pretty(&mut *out, &results)?;
        writeln!(out)
    }
}

fn status(report: &Report) -> Status {
    let verdicts = || report.exercises.iter().map(|exercise| exercise.verdict);
    let could_run = |verdict| match verdict {
        Verdict::Accepted | Verdict::Rejected => true,
        Verdict::NotStarted
        | Verdict::CompileError
        | Verdict::Forbidden
        | Verdict::Interrupted
        | Verdict::InternalError => false,
    };
    if !verdicts().any(could_run) {
        Status::Error
    } else if verdicts().all(|verdict| verdict == Verdict::Accepted) {
        Status::Pass
    } else {
        Status::Fail
    }
}

/// Why nothing ran.
fn message(report: &Report) -> String {
    let mut lines = Vec::new();
    for exercise in &report.exercises {
        lines.push(format!("{}: {}", exercise.exercise, wording::verdict(exercise.verdict)));
        lines.extend(
            exercise.diagnostics.iter().map(|one| one.rendered.as_ref().unwrap_or(&one.message).clone()),
        );
    }
    if lines.is_empty() {
        lines.push("there was nothing to grade".to_owned());
    }
    lines.join("\n").chars().take(MAX_MESSAGE).collect()
}

fn test(check: &CheckReport) -> Test<'_> {
    let failure = check.failure.as_ref().map(plain_failure);
    let (status, message) = match check.status {
        CheckStatus::Passed => (Status::Pass, None),
        CheckStatus::Failed => (Status::Fail, Some(failure.unwrap_or_else(|| "It failed.".to_owned()))),
        CheckStatus::TimedOut | CheckStatus::Crashed => {
            (Status::Fail, Some(failure.unwrap_or_else(|| "It did not end as it should.".to_owned())))
        }
        CheckStatus::Skipped => {
            (Status::Error, Some(failure.unwrap_or_else(|| "It did not run.".to_owned())))
        }
    };
    Test { name: &check.title, status, message: message.map(|text| text.chars().take(MAX_MESSAGE).collect()) }
}
