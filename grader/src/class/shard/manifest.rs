//! What a shard was graded with, and whose results it has.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::catalog::Exercise;
use crate::error::{Error, Fault, ShardError};
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{Report, Sandbox};
use crate::whole_file::{self, Durability};

use super::Shard;
use crate::class::intake::{Class, Learner, System};
use crate::class::rubric::RubricText;
use crate::class::run::Keys;
use crate::results::key::{self, Key};

const SCHEMA: u32 = 1;

/// The file's name in the shard's folder.
pub(super) const NAME: &str = "shard.json";

/// A shard that is whole. It is written last, so where there is one, there was a result for every learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: u32,
    pub(super) shard: Shard,
    pub(super) basis: Basis,
    /// What each result was made from, by learner and exercise.
    pub(super) results: BTreeMap<String, BTreeMap<String, Key>>,
}

/// What all shards of a class have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Basis {
    /// The grader's version.
    pub grader: String,
    /// A hash of its sources, the crates that checks are built on, and the options.
    pub version: String,
    pub toolchain: String,
    pub sandbox: Sandbox,
    /// A hash of each exercise with its suite.
    pub suites: BTreeMap<String, String>,
    pub rubric: Option<RubricText>,
    /// The folder as it was given.
    pub class: String,
    pub system: System,
    /// Everybody, not only those of this shard.
    pub learners: Vec<Learner>,
}

impl Manifest {
    /// What a shard of `class` is graded with. `class` is the whole class.
    ///
    /// # Errors
    /// When the suites or the grader's own sources cannot be read.
    pub fn new(
        shard: Shard,
        grader: &Grader<'_>,
        project: &Project,
        class: &Class,
        exercises: &[&Exercise],
        rubric: Option<RubricText>,
    ) -> Result<Self, Error> {
        let Report { grader: version, toolchain, sandbox, .. } = grader.blank();
        let basis = Basis {
            grader: version,
            version: grader.version()?,
            toolchain,
            sandbox,
            suites: suites(project, exercises)?,
            rubric,
            class: class.label.clone(),
            system: class.system,
            learners: class.learners.clone(),
        };
        Ok(Self { schema: SCHEMA, shard, basis, results: BTreeMap::new() })
    }

    /// Says in the shard's folder that all of these results are there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn complete(mut self, keys: Keys, folder: &Path) -> Result<(), Fault> {
        for ((learner, exercise), key) in keys.0 {
            self.results.entry(learner).or_default().insert(exercise, key);
        }
        let file = folder.join(NAME);
        let fault = |source| Fault::io("write", &file, source);
        // A shard may have no learners, and so no folder yet.
        fs::create_dir_all(folder).map_err(fault)?;
        whole_file::write(&file, Durability::Durable, |out| {
            serde_json::to_writer_pretty(&mut *out, &self)?;
            writeln!(out)
        })
        .map_err(fault)
    }

    /// # Errors
    /// When the file cannot be read, or is none of this version.
    pub(super) fn read(file: &Path) -> Result<Self, ShardError> {
        let broken = |message: String| ShardError::Broken { file: file.to_owned(), message };
        let bytes = fs::read(file).map_err(|error| broken(error.to_string()))?;
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(broken(format!("schema {}, where this grader knows {SCHEMA}", manifest.schema)));
        }
        if manifest.shard.index >= manifest.shard.of {
            return Err(broken(format!("there is no shard {}", manifest.shard)));
        }
        Ok(manifest)
    }
}

impl Basis {
    /// What the two do not have in common, and what to do about it.
    pub(super) fn difference(&self, other: &Self) -> Option<(String, &'static str)> {
        const GRADER: &str = "grade all shards with the same checkout of the grader";
        let found = if self.grader != other.grader {
            (format!("version {} of the grader, not {}", other.grader, self.grader), GRADER)
        } else if self.toolchain != other.toolchain {
            let said = format!("{}, not {}", other.toolchain, self.toolchain);
            (said, "grade all shards with the same compiler; a file rust-toolchain.toml pins it")
        } else if self.version != other.version {
            ("other sources of the grader, or other limits".to_owned(), GRADER)
        } else if self.sandbox != other.sandbox {
            let said = format!("the sandbox `{}`, not `{}`", other.sandbox.as_str(), self.sandbox.as_str());
            (said, "grade all shards on machines of one kind; SECURITY.md says what makes the difference")
        } else if self.suites != other.suites {
            let slugs = || self.suites.keys().chain(other.suites.keys());
            let slug = slugs().find(|slug| self.suites.get(*slug) != other.suites.get(*slug));
            let said = format!("another suite of `{}`", slug.map_or("", String::as_str));
            (said, "grade all shards with the same exercises and suites, and the same -e")
        } else if self.rubric.as_ref().map(|one| &one.text) != other.rubric.as_ref().map(|one| &one.text) {
            (
                "another rubric".to_owned(),
                "give all shards the same rubric; what is graded is not graded again",
            )
        } else if (self.system, &self.learners) != (other.system, &other.learners) {
            let said = "another class: learners, names, or when something was handed in".to_owned();
            (
                said,
                "grade all shards of the same folder with the same roster; what is graded is not graded again",
            )
        } else {
            return None;
        };
        Some(found)
    }
}

/// A hash of each exercise with its suite.
pub(super) fn suites(project: &Project, exercises: &[&Exercise]) -> Result<BTreeMap<String, String>, Error> {
    let one = |exercise: &&Exercise| Ok((exercise.slug.clone(), key::suite(project, exercise)?));
    exercises.iter().map(one).collect()
}
