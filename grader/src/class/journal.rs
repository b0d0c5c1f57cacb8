//! The results of one run over a class, as they come: a file for each learner and exercise.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest;
use crate::error::Fault;
use crate::suite::{Selection, Suite};
use crate::whole_file::{self, Durability};

use crate::results::{Entry, Key};

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// The journal in `folder`, which need not be there yet.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The journal of the class at `path`, in the folder that the grader keeps things in.
    pub fn of_class(cache: &Path, path: &Path) -> Self {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = format!("{}-{}", plain(&name), &digest::of(path.as_os_str().as_encoded_bytes())[..12]);
        Self { folder: cache.join("classes").join(folder) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a run has left something here.
    pub fn is_begun(&self) -> bool {
        self.folder.is_dir()
    }

    /// Forgets every result. Whatever else is in the folder stays, such as shards, which others may be about, and reports.
    ///
    /// # Errors
    /// When a result cannot be removed.
    pub fn clear(&self) -> Result<(), Fault> {
        let fault = |error| Fault::io("remove", &self.folder, error);
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fault(error)),
        };
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let is_folder = entry.file_type().map_err(fault)?.is_dir();
            if is_folder && is_of_learner(&entry.file_name().to_string_lossy()) {
                forget(&entry.path()).map_err(fault)?;
            }
        }
        Ok(())
    }

    /// Whether there is a result for this key, also one that another run would find out again.
    pub(super) fn has(&self, learner: &str, exercise: &str, key: &Key, suite: &Suite) -> bool {
        Entry::read(&self.file(learner, exercise), key, suite, Selection::All).is_some()
    }

    fn file(&self, learner: &str, exercise: &str) -> PathBuf {
        // Readable, and different for ids that differ in what a file's name cannot have.
        let learner = format!("{}-{}", plain(learner), &digest::of(learner.as_bytes())[..12]);
        self.folder.join(learner).join(format!("{exercise}.json"))
    }

    /// The result for this key.
    pub(super) fn get(&self, learner: &str, exercise: &str, key: &Key, suite: &Suite) -> Option<Entry> {
        Entry::read(&self.file(learner, exercise), key, suite, Selection::All).filter(Entry::is_final)
    }

    /// The result, whichever suite and grader it was found out with.
    pub(super) fn last(&self, learner: &str, exercise: &str) -> Option<Entry> {
        Entry::read_whole(&self.file(learner, exercise))
    }

    /// Keeps a result.
    pub(super) fn put(
        &self,
        learner: &str,
        exercise: &str,
        key: &Key,
        entry: &Entry,
        durability: Durability,
    ) -> Result<(), Fault> {
        entry.write(&self.file(learner, exercise), key, durability)
    }
}

/// Whether a folder is called as that of a learner's results.
fn is_of_learner(name: &str) -> bool {
    let hash = name.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() == 12 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Removes the results of a learner, and the folder, if nothing else is in it.
fn forget(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A run that was killed leaves the file that it was writing.
        let is_own = name.ends_with(".json") || name.starts_with(whole_file::TEMPORARY);
        if is_own && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    match fs::remove_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        removed => removed,
    }
}

/// The letters and digits of a name, and few enough of them.
fn plain(name: &str) -> String {
    let is_plain = |character: &char| character.is_ascii_alphanumeric() || "-_@".contains(*character);
    name.chars().map(|character| if is_plain(&character) { character } else { '_' }).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_shard_is_no_folder_of_a_learner() {
        for name in ["ada-0123456789ab", "a-b_c-0123456789ab", "shard-0-of-3-0123456789ab"] {
            assert!(is_of_learner(name), "{name}");
        }
        for other in
            ["shard-11-of-12", "shard-12-of-12", "shard-x", "slurm", "ada-0123456789AB", "0123456789ab"]
        {
            assert!(!is_of_learner(other), "{other}");
        }
        let file = Journal::in_folder("results".into()).file("Åda/../x", "tally");
        let folder =
            file.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
        assert!(is_of_learner(&folder), "{folder}");
    }
}
