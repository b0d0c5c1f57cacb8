//! Shards as one class.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault, ShardError};
use crate::project::Project;
use crate::report::Report;
use crate::suite::Suite;

use super::manifest::{self, Basis, Manifest};
use crate::class::intake::{self, Class};
use crate::class::journal::Journal;
use crate::class::rubric::RubricText;

/// How far below a folder that was named a shard may be: artifacts are unpacked into folders of their own.
const DEPTH: usize = 3;

/// All shards of a class, held against each other.
pub struct Merged<'a> {
    pub class: Class,
    pub exercises: Vec<&'a Exercise>,
    pub rubric: Option<RubricText>,
    /// By the number of the shard.
    pub(in crate::class) journals: Vec<Journal>,
    pub(in crate::class) blank: Report,
}

/// A shard where it was found.
struct Found {
    file: PathBuf,
    manifest: Manifest,
}

impl<'a> Merged<'a> {
    /// The class whose shards are in `folders` or below them. Of a shard that is there more than once, one that is
    /// whole counts.
    ///
    /// # Errors
    /// When a shard is missing or not whole, or the shards were not graded in the same way, or not by this version
    /// with these suites.
    pub fn open(folders: &[PathBuf], project: &Project, catalog: &'a Catalog) -> Result<Self, Error> {
        let mut all = Vec::new();
        for folder in folders {
            let before = all.len();
            find(folder, DEPTH, &mut all)?;
            if all.len() == before {
                return Err(ShardError::NoShard { path: folder.clone() }.into());
            }
        }
        all.sort_by(|a, b| (a.manifest.shard, &a.file).cmp(&(b.manifest.shard, &b.file)));
        let (reference, shards) = agreed(all)?;
        let slugs: Vec<String> = reference.suites.keys().cloned().collect();
        let exercises = intake::exercises(catalog, &slugs)?;
        let own = manifest::suites(project, &exercises)?;
        if let Some(exercise) = slugs.into_iter().find(|slug| own.get(slug) != reference.suites.get(slug)) {
            return Err(ShardError::OtherSuite { exercise }.into());
        }
        if reference.grader != env!("CARGO_PKG_VERSION") {
            return Err(ShardError::OtherGrader { version: reference.grader }.into());
        }
        let mut suites = BTreeMap::new();
        for exercise in &exercises {
            suites.insert(exercise.slug.as_str(), Suite::load(&project.suite(&exercise.slug))?);
        }
        let journals = shards.into_iter().map(|copies| whole(copies, &reference, &suites));
        let journals = journals.collect::<Result<Vec<_>, _>>()?;
        let Basis { grader, toolchain, sandbox, rubric, class, system, learners, .. } = reference;
        Ok(Self {
            class: Class { label: class, system, learners },
            exercises,
            rubric,
            journals,
            blank: Report::blank(grader, toolchain, sandbox),
        })
    }
}

/// Adds the shards in this folder, or below it.
fn find(path: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), Error> {
    let file = if path.is_file() { path.to_owned() } else { path.join(manifest::NAME) };
    if file.is_file() {
        found.push(Found { manifest: Manifest::read(&file)?, file });
        return Ok(());
    }
    if depth == 0 || !path.is_dir() {
        return Ok(());
    }
    let fault = |source| Fault::io("list", path, source);
    for entry in fs::read_dir(path).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        if entry.file_type().map_err(fault)?.is_dir() {
            find(&entry.path(), depth - 1, found)?;
        }
    }
    Ok(())
}

/// What all of them agree on, and the copies of each shard.
fn agreed(all: Vec<Found>) -> Result<(Basis, Vec<Vec<Found>>), ShardError> {
    let Some(first) = all.first() else { return Err(ShardError::NoShard { path: PathBuf::new() }) };
    let (file, basis, of) = (first.file.clone(), first.manifest.basis.clone(), first.manifest.shard.of);
    let mut shards: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
    for found in all {
        let Found { file: other, manifest } = &found;
        let mixed = |what: String, cure: &str| ShardError::Mixed {
            file: other.clone(),
            other: file.clone(),
            what,
            cure: cure.to_owned(),
        };
        if manifest.shard.of != of {
            let what = format!("one of {} shards, not of {of}", manifest.shard.of);
            return Err(mixed(what, "name only the shards of one division of the class"));
        }
        if let Some((what, cure)) = basis.difference(&manifest.basis) {
            return Err(mixed(what, cure));
        }
        shards.entry(manifest.shard.index).or_default().push(found);
    }
    let missing: Vec<usize> = (0..of).filter(|index| !shards.contains_key(index)).collect();
    if missing.is_empty() {
        Ok((basis, shards.into_values().collect()))
    } else {
        Err(ShardError::Missing { missing, of })
    }
}

/// The results of the first copy of a shard that has all of them.
fn whole(copies: Vec<Found>, basis: &Basis, suites: &BTreeMap<&str, Suite>) -> Result<Journal, ShardError> {
    let mut gap = None;
    for Found { file, manifest } in copies {
        let journal = Journal::in_folder(file.parent().unwrap_or(Path::new(".")).to_owned());
        match missing(&journal, &manifest, basis, suites) {
            None => return Ok(journal),
            Some((learner, exercise)) => {
                gap.get_or_insert(ShardError::Unfinished {
                    file,
                    learner,
                    exercise,
                    shard: manifest.shard.to_string(),
                });
            }
        }
    }
    Err(gap.unwrap_or(ShardError::NoShard { path: PathBuf::new() }))
}

/// A result that is not there, or was made from something else than the manifest says.
fn missing(
    journal: &Journal,
    manifest: &Manifest,
    basis: &Basis,
    suites: &BTreeMap<&str, Suite>,
) -> Option<(String, String)> {
    let learners = manifest.shard.among(&basis.learners);
    learners.flat_map(|learner| suites.iter().map(move |(slug, suite)| (&learner.id, *slug, suite))).find_map(
        |(learner, exercise, suite)| {
            let key = manifest.results.get(learner).and_then(|keys| keys.get(exercise));
            let is_there = key.is_some_and(|key| journal.has(learner, exercise, key, suite));
            (!is_there).then(|| (learner.clone(), exercise.to_owned()))
        },
    )
}
