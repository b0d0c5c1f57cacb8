//! Remembers how the learner's own files were last graded, for `list`. Losing it loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use grader::catalog::Exercise;
use grader::project::Project;
use grader::report::{Report, Verdict};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The last grading of each exercise.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record(BTreeMap<String, Graded>);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Graded {
    /// Of the files as they were.
    hash: Vec<u8>,
    pub verdict: Verdict,
    pub points: u32,
    pub max_points: u32,
}

impl Record {
    pub fn read(project: &Project) -> Self {
        let text = fs::read(Self::file(project)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// The last grading, if the files are still the same.
    pub fn of(&self, exercise: &Exercise) -> Option<&Graded> {
        self.0.get(&exercise.slug).filter(|graded| graded.hash == hash(exercise))
    }

    /// Adds a report on the project's own `exercises/`.
    pub fn add(&mut self, exercises: &[Exercise], report: &Report) {
        for graded in &report.exercises {
            // Half a grading says less than the whole one before it.
            if graded.verdict == Verdict::Interrupted {
                continue;
            }
            let Some(exercise) = exercises.iter().find(|exercise| exercise.slug == graded.exercise) else {
                continue;
            };
            let entry = Graded {
                hash: hash(exercise),
                verdict: graded.verdict,
                points: graded.points,
                max_points: graded.max_points,
            };
            self.0.insert(exercise.slug.clone(), entry);
        }
    }

    /// Keeps it. Where that cannot be done, `list` knows less; grading must not fail for it.
    pub fn keep(&self, project: &Project) {
        let file = Self::file(project);
        let Ok(text) = serde_json::to_vec(self) else { return };
        let _ = file.parent().map(fs::create_dir_all);
        let _ = fs::write(file, text);
    }

    fn file(project: &Project) -> PathBuf {
        project.cache().join("record.json")
    }
}

/// Of the files that a learner edits, as they are now.
fn hash(exercise: &Exercise) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for file in &exercise.editable {
        let text = fs::read(exercise.folder.join(file)).unwrap_or_default();
        // With its length, so that no two lists of files are the same.
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().to_vec()
}
