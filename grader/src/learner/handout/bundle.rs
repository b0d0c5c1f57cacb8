//! What a platform grades with: the handout with the hidden suites, and the platform's own scripts around it.

use std::fs;
use std::path::Path;

use super::{Handout, zipped};
use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::project::Project;

/// Where the grader is in the archive.
const TOP: &str = "interleave";

const SETUP: &str = include_str!("gradescope/setup.sh");
const RUN: &str = include_str!("gradescope/run_autograder");

/// What of a suite only proves it.
const PROOFS: [&str; 3] = ["mutants", "accepted", "README.md"];

/// An archive in memory.
#[derive(Debug)]
pub struct Bundle {
    handout: Handout,
}

impl Bundle {
    /// An autograder for Gradescope, for these exercises or for all. What is not handed in of them has no points.
    ///
    /// # Errors
    /// When there is no such exercise, or a file of the project or the rubric cannot be read.
    pub fn gradescope(
        project: &Project,
        catalog: &Catalog,
        wanted: &[String],
        rubric: Option<&Path>,
    ) -> Result<Self, Error> {
        let mut handout = Handout::gather(project, catalog, wanted)?;
        let is_wanted = |exercise: &&Exercise| wanted.is_empty() || wanted.contains(&exercise.slug);
        for Exercise { slug, .. } in catalog.exercises().iter().filter(is_wanted) {
            let suite = project.suite(slug);
            let entries = fs::read_dir(&suite).map_err(|source| Fault::io("list", &suite, source))?;
            for entry in entries {
                let name = entry.map_err(|source| Fault::io("list", &suite, source))?.file_name();
                let name = name.to_string_lossy();
                if !PROOFS.contains(&name.as_ref()) {
                    handout.add_tree(&suite.join(name.as_ref()), &format!("grader/suites/{slug}/{name}"))?;
                }
            }
        }
        if let Some(rubric) = rubric {
            handout.add_file(rubric, "rubric.toml")?;
        }
        handout.files.sort();
        Ok(Self { handout })
    }

    /// Writes it as a new zip file.
    ///
    /// # Errors
    /// When there is a file of that name, or it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let files =
            self.handout.files.iter().map(|(name, bytes)| (format!("{TOP}/{name}"), bytes.as_slice(), false));
        let scripts = [("setup.sh", SETUP), ("run_autograder", RUN)];
        let scripts = scripts.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes(), true));
        zipped(path, scripts.chain(files))
    }
}
