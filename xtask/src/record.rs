//! Remembers how the learner's own files were last graded, for `list`. Losing it loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use grader::catalog::Exercise;
use grader::project::Project;
use grader::report::Report;
use grader::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// The last grading of each exercise.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record(BTreeMap<String, Graded>);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Graded {
    /// Of the files as they were.
    hash: u64,
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

fn hash(exercise: &Exercise) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in &exercise.editable {
        fs::read(exercise.folder.join(file)).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}
