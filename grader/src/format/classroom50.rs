//! `--format classroom50`: the `result.json` of Classroom 50, which followed GitHub Classroom.
//!
//! What only the workflow there knows comes from its environment.

use std::io;

use serde::Serialize;

use super::Format;
use crate::report::{Grade, Report};

/// The report for Classroom 50.
#[derive(Debug, Clone)]
pub struct Classroom50(pub Assignment);

/// Which submission it is. What is not known is as for a run by hand.
#[derive(Debug, Clone, Default)]
pub struct Assignment {
    pub classroom: Option<String>,
    pub assignment: Option<String>,
    pub assignment_type: Option<String>,
    pub owner: Option<String>,
    pub submission: Option<String>,
    pub commit: Option<String>,
    pub release: Option<String>,
    pub review: Option<String>,
}

impl Assignment {
    /// What the environment of the workflow says.
    pub fn of_environment() -> Self {
        let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            classroom: value("CLASSROOM"),
            assignment: value("ASSIGNMENT"),
            assignment_type: value("ASSIGNMENT_TYPE"),
            owner: value("OWNER"),
            submission: value("SUBMISSION_TAG"),
            commit: value("COMMIT_URL"),
            release: value("RELEASE_URL"),
            review: value("REVIEW_URL"),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Test<'a> {
    test_name: String,
    passed: bool,
    score: u32,
    max_score: u32,
    engine: &'a str,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Results<'a> {
    schema: &'static str,
    classroom: &'a str,
    assignment: &'a str,
    assignment_type: &'a str,
    owner: &'a str,
    submission: &'a str,
    commit: &'a str,
    release: &'a str,
    review: &'a str,
    datetime: &'a str,
    graded_at: &'a str,
    score: u32,
    #[serde(rename = "max-score")]
    max_score: u32,
    tests: Vec<Test<'a>>,
}

impl Format for Classroom50 {
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let known = &self.0;
        let or = |value: &'_ Option<String>, otherwise: &str| {
            value.clone().unwrap_or_else(|| otherwise.to_owned())
        };
        let only = match report.exercises.as_slice() {
            [one] => one.exercise.as_str(),
            _ => "interleave",
        };
        let assignment_type = match known.assignment_type.as_deref() {
            Some("group") => "group",
            Some(_) | None => "individual",
        };
        let tests = report.exercises.iter().flat_map(|exercise| {
            exercise.checks.iter().map(|check| Test {
                test_name: format!("{}: {} ({})", exercise.exercise, check.title, check.engine.as_str()),
                passed: check.points == check.max_points
                    && check.status == crate::report::CheckStatus::Passed,
                score: check.points,
                max_score: check.max_points,
                engine: check.engine.as_str(),
                sha256: exercise.sha256.as_deref(),
            })
        });
        let results = Results {
            schema: "classroom50/result/v1",
            classroom: &or(&known.classroom, "local"),
            assignment: &or(&known.assignment, only),
            assignment_type,
            owner: &or(&known.owner, report.learner.as_deref().unwrap_or(&report.submission)),
            submission: &or(&known.submission, "submit/local"),
            commit: &or(&known.commit, ""),
            release: &or(&known.release, ""),
            review: &or(&known.review, ""),
            datetime: &report.graded_at,
            graded_at: &report.graded_at,
            score: report.grade.as_ref().map_or(report.points, |grade| whole(grade.points)),
            max_score: report.grade.as_ref().map_or(report.max_points, |grade| whole(grade.max_points)),
            tests: tests.collect(),
        };
        serde_json::to_writer_pretty(&mut *out, &results)?;
        writeln!(out)
    }
}

/// Scores are whole there.
fn whole(points: f64) -> u32 {
    Grade::number(points.round()).parse().unwrap_or(0)
}
