//! What a result depends on, as one hash: the submission, the suite, the exercise, the grader, the toolchain and the
//! options. A result under the same key need not be found out again.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::catalog::Exercise;
use crate::error::{Error, Fault};
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::Diagnostic;
use crate::source::Source;

/// A change of what is stored, or of how, is another version.
const VERSION: &str = "interleave result 1";

/// The key of a result, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A SHA-256 in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The half of a key that all submissions for one exercise share.
#[derive(Clone)]
pub(super) struct Circumstances(Sha256);

impl Circumstances {
    /// Reads the suite and the exercise.
    ///
    /// # Errors
    /// When a file of them, or the grader itself, cannot be read.
    pub(super) fn of(grader: &Grader<'_>, project: &Project, exercise: &Exercise) -> Result<Self, Error> {
        let mut hasher = Sha256::new();
        add(&mut hasher, VERSION.as_bytes());
        add(&mut hasher, grader.environment()?.as_bytes());
        add(&mut hasher, exercise.slug.as_bytes());
        // Wrong and unusual right submissions are for proving a suite.
        let suite = project.suite(&exercise.slug);
        add_folder(&mut hasher, &suite, &["mutants", "accepted", "README.md"])?;
        for name in exercise.given()? {
            add_file(&mut hasher, &exercise.folder.join(&name))?;
        }
        add_file(&mut hasher, &exercise.folder.join("Cargo.toml"))?;
        if exercise.pristine().is_dir() {
            add_folder(&mut hasher, &exercise.pristine(), &[])?;
        }
        Ok(Self(hasher))
    }

    /// The key of a submission, of what it has or of what is wrong with it.
    pub(super) fn key(&self, taken: &Result<Vec<Source>, Diagnostic>) -> Key {
        let mut hasher = self.0.clone();
        match taken {
            Ok(sources) => {
                for source in sources {
                    add(&mut hasher, source.name.as_bytes());
                    add(&mut hasher, source.text.as_bytes());
                }
            }
            Err(wrong) => {
                add(&mut hasher, b"not taken");
                add(&mut hasher, wrong.message.as_bytes());
            }
        }
        Key(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Adds a text with its length, so that no two lists of texts are the same.
fn add(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update(bytes.len().to_le_bytes());
    hasher.update(bytes);
}

fn add_file(hasher: &mut Sha256, file: &Path) -> Result<(), Fault> {
    let bytes = fs::read(file).map_err(|source| Fault::io("read", file, source))?;
    add(hasher, file.file_name().unwrap_or_default().as_encoded_bytes());
    add(hasher, &bytes);
    Ok(())
}

fn add_folder(hasher: &mut Sha256, folder: &Path, but: &[&str]) -> Result<(), Fault> {
    let io = |source| Fault::io("list", folder, source);
    let entries = fs::read_dir(folder).map_err(io)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(io)?;
    paths.sort();
    for path in paths.iter().filter(|path| !but.iter().any(|name| path.ends_with(name))) {
        if path.is_dir() {
            add(hasher, path.file_name().unwrap_or_default().as_encoded_bytes());
            add_folder(hasher, path, &[])?;
        } else {
            add_file(hasher, path)?;
        }
    }
    Ok(())
}
