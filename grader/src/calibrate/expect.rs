//! What a fixture must come out as, and how its report differs from that.

use super::{Diagnoses, was_cut_short};
use crate::report::{CheckReport, ExerciseReport, Failure, FailureKind, Mistake, Verdict};
use crate::suite::CheckId;

#[derive(Debug, Clone)]
pub(super) enum Expect {
    NotStarted,
    Accepted,
    /// Each of `checks` fails, and the schedules show one of `mistakes`, or nothing if there are none.
    Caught {
        checks: Vec<CheckId>,
        mistakes: Vec<Mistake>,
    },
}

impl Expect {
    pub(super) fn faults(&self, report: &ExerciseReport) -> Vec<String> {
        let verdict = match self {
            Self::NotStarted => Verdict::NotStarted,
            Self::Accepted => Verdict::Accepted,
            Self::Caught { .. } => Verdict::Rejected,
        };
        let mut faults = Vec::new();
        if report.verdict != verdict {
            faults.push(format!("is {}, not {}", report.verdict.as_str(), verdict.as_str()));
            faults.extend(report.diagnostics.iter().map(|diagnostic| {
                let place = diagnostic.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                format!("{place}{}", diagnostic.message)
            }));
        }
        match self {
            Self::NotStarted => {}
            Self::Accepted => {
                if report.points != report.max_points {
                    faults.push(format!("has {} of {} points", report.points, report.max_points));
                }
                faults.extend(report.checks.iter().filter_map(not_passed));
                faults.extend(report.checks.iter().filter_map(cut_short));
            }
            Self::Caught { checks, .. } => {
                for id in checks {
                    let caught = report.checks.iter().find(|check| id.is_of(check));
                    if !caught.is_some_and(|check| check.status.is_failure() || builds_on_a_failed_one(check))
                    {
                        let status = caught.map_or("missing", |check| check.status.as_str());
                        faults.push(format!("is not caught by {id}: {status}"));
                    }
                }
            }
        }
        faults
    }

    /// Compares the diagnoses. A wrong one is a fault; one that is missing is only counted.
    pub(super) fn diagnoses(&self, report: &ExerciseReport, faults: &mut Vec<String>) -> Diagnoses {
        let mut diagnoses = Diagnoses::default();
        let Self::Caught { mistakes, .. } = self else { return diagnoses };
        for (check, failure) in self.schedules(report) {
            let found = failure.diagnosis.as_ref().map(|diagnosis| diagnosis.kind);
            diagnoses.all += 1;
            let right = found.map_or(mistakes.is_empty(), |found| mistakes.contains(&found));
            diagnoses.right += u32::from(right);
            if let Some(found) = found.filter(|_| !right) {
                let expected: Vec<&str> = mistakes.iter().map(|mistake| mistake.as_str()).collect();
                let expected = if expected.is_empty() { "none".to_owned() } else { expected.join(" or ") };
                faults.push(format!("{}: is diagnosed as {}, and is {expected}", check.name, found.as_str()));
            }
        }
        diagnoses
    }

    /// The names of the checks that fail with a schedule and have no diagnosis, where there should be one.
    pub(super) fn undiagnosed(&self, report: &ExerciseReport) -> Vec<String> {
        let is_expected = matches!(self, Self::Caught { mistakes, .. } if !mistakes.is_empty());
        let silent = self.schedules(report).filter(|(_, failure)| is_expected && failure.diagnosis.is_none());
        silent.map(|(check, _)| check.name.clone()).collect()
    }

    /// The failures with a schedule, of the checks that have to catch it.
    fn schedules<'a>(
        &'a self,
        report: &'a ExerciseReport,
    ) -> impl Iterator<Item = (&'a CheckReport, &'a Failure)> {
        let named: &[CheckId] = match self {
            Self::Caught { checks, .. } => checks,
            Self::NotStarted | Self::Accepted => &[],
        };
        let named = report.checks.iter().filter(|check| named.iter().any(|id| id.is_of(check)));
        let failed = named.filter_map(|check| Some((check, check.failure.as_ref()?)));
        failed.filter(|(_, failure)| failure.recording.is_some())
    }
}

/// In a whole grading, the check may not have been run, because another one has caught the mutant.
fn builds_on_a_failed_one(check: &CheckReport) -> bool {
    check.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Requirement)
}

fn not_passed(check: &CheckReport) -> Option<String> {
    let failure = check.failure.as_ref()?;
    let (name, engine) = (&check.name, check.engine.as_str());
    Some(format!("{name} ({engine}): {}: {}", failure.kind.as_str(), failure.message))
}

/// A scenario that is too large for a right program is too large for wrong ones.
fn cut_short(check: &CheckReport) -> Option<String> {
    let coverage = check.coverage.filter(|_| was_cut_short(check))?;
    Some(format!(
        "the search of {} was cut short (executions: {}) before it had reached its least bound on preemptions: \
         make its scenario smaller, or its `at_least` in suite.toml",
        check.name, coverage.executions
    ))
}
