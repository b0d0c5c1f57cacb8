//! Results on disk: each a file of its own, whole or not there.
//!
//! The journal of a run has one for each learner and exercise, and is durable: when a result is there, it stays
//! there. The cache has one for each key. Nothing in either is believed: a file counts if it is whole, is about this
//! key, and says what the suite can say.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::digest;
use crate::error::Fault;
use crate::project::Project;
use crate::report::{CheckReport, CheckStatus, ExerciseReport, Verdict};
use crate::suite::{Selection, Suite};
use crate::verdict::{fold, not_run};
use crate::whole_file::{self, Durability};

use super::key::Key;
use super::stored::Stored;

const SCHEMA: u32 = 1;

/// A result, and when it was found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub report: ExerciseReport,
    /// In UTC, as `2026-10-01T12:00:00Z`.
    pub graded_at: String,
    /// How long the grading took.
    pub duration_ms: u64,
}

/// The first line of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: u32,
    key: String,
    /// Of everything after this line.
    sha256: String,
    graded_at: String,
    duration_ms: u64,
}

impl Entry {
    /// Writes the entry in place of whatever is at `file`.
    pub(crate) fn write(&self, file: &Path, key: &Key, durability: Durability) -> Result<(), Fault> {
        let fault = |source| Fault::io("write", file, source);
        let body =
            serde_json::to_vec(&Stored::from(self.report.clone())).map_err(|error| fault(error.into()))?;
        let head = Head {
            schema: SCHEMA,
            key: key.as_str().to_owned(),
            sha256: digest::of(&body),
            graded_at: self.graded_at.clone(),
            duration_ms: self.duration_ms,
        };
        let mut bytes = serde_json::to_vec(&head).map_err(|error| fault(error.into()))?;
        bytes.push(b'\n');
        bytes.extend(body);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(fault)?;
        }
        whole_file::write(file, durability, |out| out.write_all(&bytes)).map_err(fault)
    }

    /// The entry at `file`, if it is one for this key, which a grading with these checks can have.
    pub(crate) fn read(file: &Path, key: &Key, suite: &Suite, selection: Selection<'_>) -> Option<Self> {
        let (head, entry) = Self::read_any(file)?;
        (head.key == key.as_str() && is_sound(&entry.report, suite, selection)).then_some(entry)
    }

    /// The entry at `file`, whatever it is about.
    fn read_any(file: &Path) -> Option<(Head, Self)> {
        // Nothing but a regular file: a pipe would never end.
        if !fs::symlink_metadata(file).ok()?.is_file() {
            return None;
        }
        let bytes = fs::read(file).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let body = &bytes[end + 1..];
        if head.schema != SCHEMA || head.sha256 != digest::of(body) {
            return None;
        }
        let stored: Stored = serde_json::from_slice(body).ok()?;
        let report = stored.into_report()?;
        let entry = Self { report, graded_at: head.graded_at.clone(), duration_ms: head.duration_ms };
        Some((head, entry))
    }

    /// The entry at `file`, whichever suite and grader it was found out with.
    pub(crate) fn read_whole(file: &Path) -> Option<Self> {
        Self::read_any(file).map(|(_, entry)| entry)
    }

    /// Whether the result says something about the submission that will be true again.
    pub(crate) fn is_final(&self) -> bool {
        match self.report.verdict {
            Verdict::Accepted
            | Verdict::Rejected
            | Verdict::NotStarted
            | Verdict::CompileError
            | Verdict::Forbidden => true,
            Verdict::Interrupted | Verdict::InternalError => false,
        }
    }
}

/// Whether a report is one that a grading by this suite, with these checks, can have.
fn is_sound(report: &ExerciseReport, suite: &Suite, selection: Selection<'_>) -> bool {
    let entries = || suite.entries().filter(|entry| selection.wants(entry));
    let is_of_suite = |check: &CheckReport| {
        let has_its_points =
            check.points == if check.status == CheckStatus::Passed { check.max_points } else { 0 };
        let is_entry = entries().any(|entry| {
            (entry.name, entry.engine, entry.points) == (check.name.as_str(), check.engine, check.max_points)
        });
        has_its_points && is_entry
    };
    let has_all = report.checks.len() == entries().count();
    let has_enough = || {
        selection.ends_with_a_failure()
            && report.checks.len() < entries().count()
            && report.checks.iter().any(|check| check.status.is_failure())
    };
    if !(has_all || has_enough()) || !report.checks.iter().all(is_of_suite) {
        return false;
    }
    let sums = report.points == report.checks.iter().map(|check| check.points).sum::<u32>()
        && suite.max_points().checked_sub(not_run(&report.checks)) == Some(report.max_points);
    let verdict = match report.verdict {
        Verdict::Accepted | Verdict::Rejected => fold(None, &report.checks) == report.verdict,
        Verdict::CompileError | Verdict::Forbidden => {
            report.diagnostics.iter().any(|one| !one.message.is_empty())
        }
        // What the grader could not run takes no points from the checks that it did run.
        Verdict::InternalError => report.points == 0 || fold(None, &report.checks) == report.verdict,
        Verdict::NotStarted | Verdict::Interrupted => report.points == 0,
    };
    sums && verdict
}

/// Results by what they depend on.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The one in the project's own folder.
    pub(crate) fn of(project: &Project) -> Self {
        Self { folder: project.cache().join("results") }
    }

    fn file(&self, key: &Key) -> PathBuf {
        let (start, rest) = key.as_str().split_at(2);
        self.folder.join(start).join(rest)
    }

    pub(crate) fn get(&self, key: &Key, suite: &Suite, selection: Selection<'_>) -> Option<Entry> {
        Entry::read(&self.file(key), key, suite, selection).filter(Entry::is_final)
    }

    /// A cache that cannot be written to costs time, nothing else.
    pub(crate) fn put(&self, key: &Key, entry: &Entry) {
        if entry.is_final() {
            let _ = entry.write(&self.file(key), key, Durability::Whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::report::samples::{exercise, failed};
    use crate::report::{Engine, FailureKind};
    use crate::suite::CheckId;

    /// A rejected report on the small exercise, in which the model could not run its checks.
    fn half_judged(suite: &Suite) -> ExerciseReport {
        let check = |entry: crate::suite::Entry<'_>| {
            let model = entry.engine == Engine::Model;
            let kind = if model { FailureKind::Unsupported } else { FailureKind::Assertion };
            let status = if model { CheckStatus::Skipped } else { CheckStatus::Failed };
            CheckReport { status, max_points: entry.points, ..failed(entry.name, entry.engine, kind) }
        };
        let report = exercise("tally", suite.entries().map(check).collect());
        ExerciseReport { max_points: suite.max_points() - not_run(&report.checks), ..report }
    }

    #[test]
    fn what_the_grader_could_not_run_is_no_reason_to_grade_again() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project/grader/suites/tally");
        let suite = Suite::load(&folder).expect("a suite");
        let report = half_judged(&suite);
        assert!(report.max_points < suite.max_points());
        assert!(is_sound(&report, &suite, Selection::All));
        assert!(!is_sound(
            &ExerciseReport { max_points: suite.max_points(), ..report.clone() },
            &suite,
            Selection::All
        ));
        assert!(!is_sound(&ExerciseReport { points: 1, ..report.clone() }, &suite, Selection::All));
        let only = [CheckId::new(report.checks[0].name.clone(), report.checks[0].engine)];
        assert!(!is_sound(&report, &suite, Selection::Only(&only)), "it has more than was asked for");
        let failed = CheckReport { status: CheckStatus::Failed, ..report.checks[0].clone() };
        let max_points = suite.max_points() - not_run(std::slice::from_ref(&failed));
        let first = ExerciseReport { checks: vec![failed], max_points, ..report.clone() };
        let all: Vec<CheckId> = suite.entries().map(|entry| entry.id()).collect();
        assert!(is_sound(&first, &suite, Selection::UntilFailure(&all)), "one has failed");
        assert!(!is_sound(&first, &suite, Selection::Only(&all)), "the others are missing");
        let points = report.checks[0].max_points;
        let passed =
            CheckReport { status: CheckStatus::Passed, points, failure: None, ..report.checks[0].clone() };
        let verdict = Verdict::Accepted;
        let passed = ExerciseReport { checks: vec![passed], points, verdict, ..first };
        assert!(!is_sound(&passed, &suite, Selection::UntilFailure(&all)), "none has failed");
        let invented = CheckReport { max_points: u32::MAX, ..report.checks[0].clone() };
        let checks = [&[invented], &report.checks[1..]].concat();
        assert!(!is_sound(&ExerciseReport { checks, ..report }, &suite, Selection::All));
    }
}
