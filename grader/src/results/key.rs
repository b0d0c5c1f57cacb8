//! What a result depends on, as one hash: the submission, the suite, the exercise, the grader, the toolchain and the
//! options. A result under the same key need not be found out again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalog::Exercise;
use crate::digest::Fingerprint;
use crate::error::Error;
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::Diagnostic;
use crate::source::Source;
use crate::suite::Selection;

/// A change of what is stored, or of how, is another version.
const VERSION: &str = "interleave result 1";

/// The key of a result, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The half of a key that all submissions for one exercise share.
#[derive(Clone)]
pub(crate) struct Circumstances(Fingerprint);

impl Circumstances {
    /// Reads the suite and the exercise.
    ///
    /// # Errors
    /// When a file of them, or the grader itself, cannot be read.
    pub(crate) fn of(grader: &Grader<'_>, project: &Project, exercise: &Exercise) -> Result<Self, Error> {
        let mut hasher = Fingerprint::new();
        hasher.text(VERSION.as_bytes());
        hasher.text(grader.environment()?.as_bytes());
        add(&mut hasher, project, exercise)?;
        Ok(Self(hasher))
    }

    /// The key of a submission, of what it has or of what is wrong with it, graded with these checks.
    pub(crate) fn key(&self, taken: &Result<Vec<Source>, Diagnostic>, selection: Selection<'_>) -> Key {
        let mut hasher = self.0.clone();
        match taken {
            Ok(sources) => {
                for source in sources {
                    hasher.text(source.name.as_bytes());
                    hasher.text(source.text.as_bytes());
                }
            }
            Err(wrong) => {
                hasher.text(b"not taken");
                hasher.text(wrong.message.as_bytes());
            }
        }
        match selection {
            Selection::All => {}
            Selection::Only(ids) => ids.iter().for_each(|id| hasher.text(id.to_string().as_bytes())),
            Selection::UntilFailure(ids) => {
                hasher.text(b"until one fails");
                // That one does fail does not depend on their order.
                let ids: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
                ids.iter().for_each(|id| hasher.text(id.as_bytes()));
            }
        }
        Key(hasher.finish())
    }
}

/// A hash of an exercise with its suite, the same on every machine.
///
/// # Errors
/// When a file of them cannot be read.
pub(crate) fn suite(project: &Project, exercise: &Exercise) -> Result<String, Error> {
    let mut hasher = Fingerprint::new();
    add(&mut hasher, project, exercise)?;
    Ok(hasher.finish())
}

fn add(hasher: &mut Fingerprint, project: &Project, exercise: &Exercise) -> Result<(), Error> {
    hasher.text(exercise.slug.as_bytes());
    // Wrong and unusual right submissions are for proving a suite.
    let proofs = ["mutants", "accepted", "equivalent.toml", "README.md"];
    hasher.files(&project.suite(&exercise.slug), &proofs)?;
    for name in exercise.given()? {
        hasher.files(&exercise.folder.join(&name), &[])?;
    }
    hasher.files(&exercise.folder.join("Cargo.toml"), &[])?;
    if exercise.pristine().is_dir() {
        hasher.files(&exercise.pristine(), &[])?;
    }
    Ok(())
}
