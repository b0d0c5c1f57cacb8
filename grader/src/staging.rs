//! A folder for one grading: the learner's files, the given files from the project, and the suite.
//!
//! Nothing else of a submission gets in: no manifest, no build script, no configuration.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::catalog::Exercise;
use crate::error::Fault;
use crate::numbers::Numbers;
use crate::report::Engine;
use crate::source::Source;
use crate::suite::{Entry, Suite};

/// The folder; dropping it removes it, unless it was asked to stay.
#[derive(Debug)]
pub(crate) struct Staging {
    root: PathBuf,
    /// By which the checks of its binaries are asked for.
    pub numbers: Numbers,
    /// Removes the folder.
    _guard: Option<TempDir>,
}

impl Staging {
    /// Makes the folder, with check binaries for `entries`; inside `keep_in`, where it stays, or else in the system's temporary folder.
    pub(crate) fn make(
        exercise: &Exercise,
        sources: &[Source],
        suite: &Suite,
        entries: &[Entry<'_>],
        keep_in: Option<&Path>,
    ) -> Result<Self, Fault> {
        let temporary = std::env::temp_dir();
        let parent = keep_in.unwrap_or(&temporary);
        let made = tempfile::Builder::new().prefix("interleave-").tempdir_in(parent);
        let folder = made.map_err(|source| Fault::io("make a folder in", parent, source))?;
        // rustc shows paths as the system resolves them.
        let root =
            dunce::canonicalize(folder.path()).map_err(|source| Fault::io("open", folder.path(), source))?;
        let guard = match keep_in {
            None => Some(folder),
            Some(_) => {
                let _stays = folder.keep();
                None
            }
        };
        let staging = Self { root, numbers: Numbers::of(entries)?, _guard: guard };
        staging.stage_submission(exercise, sources)?;
        staging.stage_suite(suite, entries)?;
        for engine in [Engine::Stress, Engine::Model, Engine::Loom, Engine::Contract] {
            create(&staging.out(engine))?;
        }
        Ok(staging)
    }

    pub(crate) fn submission(&self) -> PathBuf {
        self.root.join("submission")
    }

    pub(crate) fn checks(&self, engine: Engine) -> PathBuf {
        self.root.join("checks").join(engine.as_str())
    }

    pub(crate) fn contract(&self) -> PathBuf {
        self.root.join("contract")
    }

    /// Where rustc puts what it makes.
    pub(crate) fn out(&self, engine: Engine) -> PathBuf {
        self.root.join("out").join(engine.as_str())
    }

    /// An empty folder for a process to run in.
    pub(crate) fn run_folder(&self, name: &str) -> Result<PathBuf, Fault> {
        let folder = self.root.join("run").join(name);
        create(&folder)?;
        Ok(folder)
    }

    fn stage_submission(&self, exercise: &Exercise, sources: &[Source]) -> Result<(), Fault> {
        let to = self.submission();
        for name in exercise.given()? {
            copy(&exercise.folder.join(&name), &to.join(&name))?;
        }
        for source in sources {
            write(&to.join(&source.name), &source.text)?;
        }
        Ok(())
    }

    fn stage_suite(&self, suite: &Suite, entries: &[Entry<'_>]) -> Result<(), Fault> {
        for engine in [Engine::Stress, Engine::Model] {
            let main = self.numbers.main_function(engine)?;
            for (name, text) in suite.staged(engine, entries, &main) {
                write(&self.checks(engine).join(name), &text)?;
            }
        }
        let signature = suite.signature();
        if signature.is_file() {
            copy(&signature, &self.contract().join("signature.rs"))?;
        }
        for contract in &suite.contracts {
            let from = suite.folder.join(&contract.file);
            let text = fs::read_to_string(&from).map_err(|source| Fault::io("read", &from, source))?;
            write(&self.contract().join(format!("{}.rs", contract.name)), &text)?;
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    let text = fs::read(from).map_err(|source| Fault::io("read", from, source))?;
    write_bytes(to, &text)
}

fn write(to: &Path, text: &str) -> Result<(), Fault> {
    write_bytes(to, text.as_bytes())
}

fn write_bytes(to: &Path, bytes: &[u8]) -> Result<(), Fault> {
    if let Some(folder) = to.parent() {
        create(folder)?;
    }
    fs::write(to, bytes).map_err(|source| Fault::io("write", to, source))
}

fn create(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|source| Fault::io("make the folder", folder, source))
}
