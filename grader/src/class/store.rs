//! Results on disk: each a file of its own, whole or not there.
//!
//! The journal of a run has one for each learner and exercise, and is durable: when a result is there, it stays
//! there. The cache has one for each key. Nothing in either is believed: a file counts if it is whole, is about this
//! key, and says what the suite can say.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Fault;
use crate::report::{CheckStatus, ExerciseReport, Verdict};
use crate::suite::Suite;
use crate::verdict::fold;

use super::key::{Key, hex};
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

/// What must be on the disk when a file has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It survives a loss of power.
    Durable,
    /// It may be lost, but is never half there.
    Whole,
}

impl Entry {
    /// Writes the entry in place of whatever is at `file`.
    pub(super) fn write(&self, file: &Path, key: &Key, durability: Durability) -> Result<(), Fault> {
        let fault = |source| Fault::io("write", file, source);
        let body =
            serde_json::to_vec(&Stored::from(self.report.clone())).map_err(|error| fault(error.into()))?;
        let head = Head {
            schema: SCHEMA,
            key: key.as_str().to_owned(),
            sha256: hex(&body),
            graded_at: self.graded_at.clone(),
            duration_ms: self.duration_ms,
        };
        let mut bytes = serde_json::to_vec(&head).map_err(|error| fault(error.into()))?;
        bytes.push(b'\n');
        bytes.extend(body);
        replace(file, &bytes, durability).map_err(fault)
    }

    /// The entry at `file`, if it is one for this key.
    pub(super) fn read(file: &Path, key: &Key, suite: &Suite) -> Option<Self> {
        let (head, entry) = Self::read_any(file)?;
        (head.key == key.as_str() && is_sound(&entry.report, suite)).then_some(entry)
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
        if head.schema != SCHEMA || head.sha256 != hex(body) {
            return None;
        }
        let stored: Stored = serde_json::from_slice(body).ok()?;
        let report = stored.into_report()?;
        let entry = Self { report, graded_at: head.graded_at.clone(), duration_ms: head.duration_ms };
        Some((head, entry))
    }

    /// The entry at `file`, whichever suite and grader it was found out with.
    pub(super) fn read_whole(file: &Path) -> Option<Self> {
        Self::read_any(file).map(|(_, entry)| entry)
    }

    /// Whether the result says something about the submission that will be true again.
    pub(super) fn is_final(&self) -> bool {
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

/// Whether a report is one that a grading by this suite can have.
fn is_sound(report: &ExerciseReport, suite: &Suite) -> bool {
    let entries = suite.entries().count();
    let same_checks = report.checks.len() == entries
        && report.checks.iter().all(|check| {
            suite.entries().any(|entry| {
                (entry.name, entry.engine, entry.points)
                    == (check.name.as_str(), check.engine, check.max_points)
            })
        });
    let points = report
        .checks
        .iter()
        .all(|check| check.points == if check.status == CheckStatus::Passed { check.max_points } else { 0 });
    let sums = report.points == report.checks.iter().map(|check| check.points).sum::<u32>()
        && report.max_points == suite.max_points();
    let verdict = match report.verdict {
        Verdict::Accepted | Verdict::Rejected => fold(None, &report.checks) == report.verdict,
        Verdict::CompileError | Verdict::Forbidden => {
            report.diagnostics.iter().any(|one| !one.message.is_empty())
        }
        Verdict::NotStarted | Verdict::Interrupted | Verdict::InternalError => report.points == 0,
    };
    same_checks && points && sums && verdict
}

/// Through a temporary file in the same folder, so that no moment has half of it.
pub(super) fn replace(file: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    if durability == Durability::Durable {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(file).map_err(|error| error.error)?;
    if durability == Durability::Durable {
        // The name of the file is the folder's content.
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Results by what they depend on.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn file(&self, key: &Key) -> PathBuf {
        let (start, rest) = key.as_str().split_at(2);
        self.folder.join(start).join(rest)
    }

    pub(super) fn get(&self, key: &Key, suite: &Suite) -> Option<Entry> {
        Entry::read(&self.file(key), key, suite).filter(Entry::is_final)
    }

    /// A cache that cannot be written to costs time, nothing else.
    pub(super) fn put(&self, key: &Key, entry: &Entry) {
        if entry.is_final() {
            let _ = entry.write(&self.file(key), key, Durability::Whole);
        }
    }
}
