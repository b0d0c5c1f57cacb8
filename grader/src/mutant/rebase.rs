//! Adapting mutants to a base that has changed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use super::base::Base;
use super::change::Change;
use super::program::Program;
use super::{Form, Mutant, history};
use crate::catalog::Exercise;
use crate::error::Fault;
use crate::project::Project;

/// How rebasing a mutant ended. Its file is written in one case only: [`Rebased`](Self::Rebased).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It fits its base, or is a program of its own.
    UpToDate,
    /// Its change was recorded anew.
    Rebased,
    /// The base has changed in the same places.
    Conflict {
        /// The lines of the mutant's file at which such hunks begin.
        lines: Vec<usize>,
        /// The mutant's whole program, with both sides of each conflict, to be resolved and recorded.
        merged: PathBuf,
    },
    /// The base has become the same program.
    SameAsBase,
    /// It fits no version of its base that was ever committed.
    NoMatchingVersion,
}

/// Adapts every mutant of an exercise to its base in the work tree, if it does not fit there: by a
/// three-way merge with the newest committed version of the base that it fits. Where that is not possible, the
/// mutant's file is left as it is.
///
/// # Errors
/// When a mutant is malformed or its base does not exist, `git` cannot be run, or a file cannot be written.
pub fn rebase(project: &Project, exercise: &Exercise) -> Result<Vec<(Mutant, Outcome)>, Fault> {
    let mut bases: BTreeMap<Base, Versions> = BTreeMap::new();
    let mut done = Vec::new();
    for mutant in Mutant::all(project, exercise)? {
        let outcome = match &mutant.form {
            Form::Whole { .. } => Outcome::UpToDate,
            Form::Change { base, change } => {
                let versions = match bases.entry(base.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        let file = base.file(project, exercise);
                        if !file.is_file() {
                            return Err(mutant.without_base(project, exercise, base));
                        }
                        let current = body(&base.read(project, exercise)?);
                        unknown.insert(Versions { file, current, committed: None })
                    }
                };
                adapt(&mutant, base, change, versions, &project.cache().join("conflicts"))?
            }
        };
        done.push((mutant, outcome));
    }
    Ok(done)
}

fn adapt(
    mutant: &Mutant,
    base: &Base,
    change: &Change,
    versions: &mut Versions,
    conflicts: &Path,
) -> Result<Outcome, Fault> {
    let current = versions.current.clone();
    if change.apply(&current).is_ok() {
        return Ok(Outcome::UpToDate);
    }
    let fitting = versions.committed()?.iter().find_map(|old| merge(change, old, &current));
    match fitting {
        None => Ok(Outcome::NoMatchingVersion),
        Some(Merged::Equal) => Ok(Outcome::SameAsBase),
        Some(Merged::Changed(change)) => {
            write(&mutant.file, &(mutant.header.with_base(base) + change.text()))?;
            Ok(Outcome::Rebased)
        }
        Some(Merged::Conflict { lines, text }) => {
            let folder = conflicts.join(&mutant.exercise);
            fs::create_dir_all(&folder).map_err(|source| Fault::io("create", &folder, source))?;
            let merged = folder.join(format!("{}.rs", mutant.name));
            write(&merged, &(mutant.header.with_base(base) + &text))?;
            let lines = lines.iter().map(|line| mutant.header.lines() + line).collect();
            Ok(Outcome::Conflict { lines, merged })
        }
    }
}

/// A change and a base that has changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Merged {
    /// What makes the mutant of the base as it is now.
    Changed(Change),
    /// The base is what the mutant was.
    Equal,
    Conflict {
        /// The lines of the change at which the hunks begin that cannot be merged.
        lines: Vec<usize>,
        /// The program, with both sides of each conflict.
        text: String,
    },
}

/// Rebases `change` from `old` onto `current`; `None` if it does not fit `old`.
pub(super) fn merge(change: &Change, old: &str, current: &str) -> Option<Merged> {
    let changed = change.apply(old).ok()?;
    Some(match diffy::merge(old, current, &changed) {
        Ok(merged) => Change::between(current, &merged).map_or(Merged::Equal, Merged::Changed),
        Err(text) => {
            // A hunk of its own fits where all of them do: each says for itself whether it can be merged.
            let alone = |text: &str| Change::new(text).apply(old);
            let conflicts =
                |text: &str| alone(text).is_ok_and(|changed| diffy::merge(old, current, &changed).is_err());
            let pieces = change.pieces();
            let found: Vec<usize> =
                pieces.iter().filter(|piece| conflicts(piece.text)).map(|piece| piece.line).collect();
            let lines = if found.is_empty() { vec![1] } else { found };
            Merged::Conflict { lines, text }
        }
    })
}

/// The text of a base, without its header: as it is, and as it was.
struct Versions {
    file: PathBuf,
    current: String,
    /// Read when the first mutant needs it.
    committed: Option<Vec<String>>,
}

impl Versions {
    fn committed(&mut self) -> Result<&[String], Fault> {
        if self.committed.is_none() {
            let versions = history::versions(&self.file)?;
            self.committed = Some(versions.iter().map(|text| body(text)).collect());
        }
        Ok(self.committed.as_deref().unwrap_or_default())
    }
}

fn body(text: &str) -> String {
    Program::split(text).body.to_owned()
}

fn write(file: &Path, text: &str) -> Result<(), Fault> {
    fs::write(file, text).map_err(|source| Fault::io("write", file, source))
}
