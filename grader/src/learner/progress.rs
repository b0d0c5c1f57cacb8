//! What is remembered of a learner's work, in `progress.toml` beside the exercises.
//!
//! The file is there to be read. A copy is in `.interleave/`: whichever of the two is whole counts, and one that is
//! broken is kept under another name. Both are written through a temporary file, so neither is ever half written.
//! Entries are kept by the exercises' ids, so that they survive a new name; those of exercises that are not there
//! stay.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::catalog::Exercise;
use crate::digest::Fingerprint;
use crate::error::Fault;
use crate::report::Verdict;
use crate::whole_file::{self, Durability};

/// What is remembered, by the ids of exercises.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default)]
    exercises: BTreeMap<String, Entry>,
}

/// What is remembered of one exercise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it was called last.
    #[serde(default)]
    pub name: String,
    /// How many of its hints have been read.
    #[serde(default)]
    pub hints: usize,
    /// Whether some version of the work was accepted.
    #[serde(default)]
    pub was_accepted: bool,
    /// The last grading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graded: Option<Graded>,
    /// The last run of the public tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
    /// The interview questions whose answers were known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
}

/// How a version of the work was graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// Which version: the [`fingerprint`] of its files.
    pub files: String,
    pub verdict: Verdict,
    pub points: u32,
    pub max_points: u32,
}

/// Whether a version of the work passes the public tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Which version: the [`fingerprint`] of its files.
    pub files: String,
    pub passes: bool,
}

/// A file that could not be read was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAside {
    /// Its new name.
    pub file: PathBuf,
    /// Whether the copy was whole.
    pub recovered: bool,
}

/// What the file begins with.
const HEADING: &str = "# Your progress, written by `cargo xtask`. There is a copy in .interleave/, so nothing is lost with this file.\n\n";

/// The file that people read.
pub fn file(content: &Path) -> PathBuf {
    content.join("progress.toml")
}

/// The folder with the copy, and with what was put aside.
fn folder(content: &Path) -> PathBuf {
    content.join(".interleave")
}

fn copy(content: &Path) -> PathBuf {
    folder(content).join("progress.toml")
}

impl Progress {
    /// Reads what is remembered below `content`, the folder that `exercises/` is in. Nothing is no error, and
    /// nothing is changed.
    pub fn read(content: &Path) -> Self {
        [file(content), copy(content)].iter().find_map(|path| parsed(path).ok().flatten()).unwrap_or_default()
    }

    /// Changes what is remembered. Others who do the same at the same time wait.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn update(content: &Path, change: impl FnOnce(&mut Self)) -> Result<Option<PutAside>, Fault> {
        let folder = folder(content);
        fs::create_dir_all(&folder).map_err(|source| Fault::io("make the folder", &folder, source))?;
        let lock = folder.join("lock");
        let lock_file = File::create(&lock).map_err(|source| Fault::io("write", &lock, source))?;
        // Where a file system knows no locks, the last one to write wins.
        let _ = lock_file.lock();
        let aside = put_aside(content)?;
        let mut progress = Self::read(content);
        change(&mut progress);
        let text = format!("{HEADING}{}", toml::to_string_pretty(&progress).unwrap_or_default());
        for path in [copy(content), file(content)] {
            whole_file::write(&path, Durability::Durable, |out| out.write_all(text.as_bytes()))
                .map_err(|source| Fault::io("write", &path, source))?;
        }
        Ok(aside)
    }

    /// What is remembered of an exercise.
    pub fn of(&self, exercise: &Exercise) -> Option<&Entry> {
        self.exercises.get(&exercise.id)
    }

    /// The same, to change it.
    pub fn entry(&mut self, exercise: &Exercise) -> &mut Entry {
        let entry = self.exercises.entry(exercise.id.clone()).or_default();
        entry.name.clone_from(&exercise.slug);
        entry
    }
}

/// Reads a file; `None` if there is none.
fn parsed(path: &Path) -> io::Result<Option<Progress>> {
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Renames a file that cannot be read, so that what is in it is not overwritten.
fn put_aside(content: &Path) -> Result<Option<PutAside>, Fault> {
    let path = file(content);
    if parsed(&path).is_ok() {
        return Ok(None);
    }
    let names = (1..).map(|number| content.join(format!("progress.broken-{number}.toml")));
    let Some(free) = names.into_iter().find(|name| !name.exists()) else { return Ok(None) };
    fs::rename(&path, &free).map_err(|source| Fault::io("rename", &path, source))?;
    let recovered = matches!(parsed(&copy(content)), Ok(Some(_)));
    Ok(Some(PutAside { file: free, recovered }))
}

/// What tells one version of the work in an exercise's own folder from another. It is kept, so it is the same
/// whatever Rust release this program is built with.
pub fn fingerprint(exercise: &Exercise) -> String {
    let mut hash = Fingerprint::new();
    for name in &exercise.editable {
        hash.text(&fs::read(exercise.folder.join(name)).unwrap_or_default());
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise(id: &str, slug: &str) -> Exercise {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = format!(
            "[package]\nname = \"{slug}\"\n[package.metadata.interleave]\nid = \"{id}\"\norder = 1\ntitle = \"T\"\nteaches = \"t\"\neditable = [\"src/lib.rs\"]\n"
        );
        let own = folder.path().join(slug);
        fs::create_dir(&own).expect("a folder");
        fs::write(own.join("Cargo.toml"), manifest).expect("a file");
        Exercise::read(&own).expect("an exercise")
    }

    fn read_hints(content: &Path, exercise: &Exercise, hints: usize) -> Option<PutAside> {
        Progress::update(content, |progress| progress.entry(exercise).hints = hints).expect("written")
    }

    fn hints(content: &Path, exercise: &Exercise) -> Option<usize> {
        Progress::read(content).of(exercise).map(|entry| entry.hints)
    }

    #[test]
    fn what_is_remembered_survives_a_new_name() {
        let folder = tempfile::tempdir().expect("a folder");
        read_hints(folder.path(), &exercise("counter", "race-counter"), 2);
        let renamed = exercise("counter", "the-counter");
        assert_eq!(hints(folder.path(), &renamed), Some(2));
        read_hints(folder.path(), &renamed, 3);
        let text = fs::read_to_string(file(folder.path())).expect("a file");
        assert!(text.contains("[exercises.counter]\nname = \"the-counter\"\nhints = 3\n"), "{text}");
    }

    #[test]
    fn an_exercise_that_is_not_there_is_not_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let (gone, other) = (exercise("gone", "gone"), exercise("other", "other"));
        read_hints(folder.path(), &gone, 1);
        read_hints(folder.path(), &other, 2);
        assert_eq!((hints(folder.path(), &gone), hints(folder.path(), &other)), (Some(1), Some(2)));
    }

    #[test]
    fn a_broken_file_is_kept_and_its_copy_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = exercise("one", "one");
        read_hints(folder.path(), &one, 1);
        fs::write(file(folder.path()), "exercises = \"<<<<<<< HEAD").expect("a file");
        assert_eq!(hints(folder.path(), &one), Some(1), "reading changes nothing and finds the copy");
        let aside = read_hints(folder.path(), &one, 2).expect("it was put aside");
        assert!(aside.recovered);
        assert_eq!(fs::read_to_string(&aside.file).expect("it is kept"), "exercises = \"<<<<<<< HEAD");
        assert_eq!(hints(folder.path(), &one), Some(2));
        fs::write(file(folder.path()), "\u{0}").expect("a file");
        let again = read_hints(folder.path(), &one, 3).expect("it was put aside");
        assert_ne!(again.file, aside.file, "nothing is overwritten");
    }

    #[test]
    fn either_file_may_be_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = exercise("one", "one");
        read_hints(folder.path(), &one, 1);
        fs::remove_file(file(folder.path())).expect("it was there");
        assert_eq!(hints(folder.path(), &one), Some(1));
        assert_eq!(read_hints(folder.path(), &one, 2), None);
        fs::remove_dir_all(folder.path().join(".interleave")).expect("it was there");
        assert_eq!(hints(folder.path(), &one), Some(2));
    }

    #[test]
    fn those_who_write_at_the_same_time_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let exercises: Vec<Exercise> =
            (0..8).map(|number| exercise(&format!("e{number}"), &format!("e{number}"))).collect();
        std::thread::scope(|scope| {
            for exercise in &exercises {
                scope.spawn(|| read_hints(folder.path(), exercise, 1));
            }
        });
        let known = exercises.iter().filter(|exercise| hints(folder.path(), exercise) == Some(1)).count();
        assert_eq!(known, 8);
    }
}
