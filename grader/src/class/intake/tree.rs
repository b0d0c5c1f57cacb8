//! The files of one submission, in a folder, in archives or one by one, and the work that is among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::Exercise;
use crate::report::{Diagnostic, sanitised};
use crate::submission::{Handed, Work};

use super::Part;
use super::archive::{self, Packing, is_noise};

/// More than a project has, and few enough to look through.
const MAX_FILES: usize = 20_000;
/// Deeper is nobody's work.
const MAX_DEPTH: usize = 12;
/// How many folders too many there may be around the files of the only exercise.
const MAX_NESTING: usize = 3;

/// What is asked for of a submission.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Whether it is one exercise, whose files then need no folder of its name.
    pub only: bool,
    /// The names of all exercises that there are.
    pub known: &'a [String],
}

/// The Rust files of a submission by their paths in it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, Handed>,
}

impl Tree {
    /// Everything in the parts together.
    pub(super) fn of(parts: &[Part]) -> Result<Self, Diagnostic> {
        let mut tree = Self::default();
        for part in parts {
            tree.add(part, parts.len() == 1)?;
        }
        Ok(tree)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn add(&mut self, part: &Part, is_alone: bool) -> Result<(), Diagnostic> {
        let kind = fs::symlink_metadata(&part.path)
            .map_err(|error| Diagnostic::error(format!("the submission cannot be read: {error}")))?;
        if kind.is_symlink() {
            return Err(Diagnostic::error("the submission is a symbolic link: hand in the files themselves"));
        }
        if kind.is_dir() {
            return self.folder(&part.path);
        }
        if let Some((packing, stem)) = Packing::strip(&part.name) {
            // Of several archives each is a folder: one may hold `src/lib.rs` alone.
            let prefix = if is_alone { String::new() } else { format!("{stem}/") };
            return self.archive(&part.path, packing, &prefix);
        }
        if part.name.ends_with(".rs") {
            self.insert(part.name.clone(), part.path.parent().unwrap_or(Path::new("")), &part.path);
        }
        Ok(())
    }

    fn insert(&mut self, path: String, base: &Path, file: &Path) {
        self.files.insert(path, Handed::File { base: base.to_owned(), path: file.to_owned() });
    }

    fn archive(&mut self, path: &Path, packing: Packing, prefix: &str) -> Result<(), Diagnostic> {
        let files = archive::read(path, packing)?;
        self.files
            .extend(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), Handed::Bytes(bytes))));
        Ok(())
    }

    /// The files below `base`. Links are not followed; one in place of a file is found when that is taken.
    fn folder(&mut self, base: &Path) -> Result<(), Diagnostic> {
        let mut archives = Vec::new();
        let mut folders = vec![(PathBuf::new(), 0)];
        let mut seen = 0;
        while let Some((below, depth)) = folders.pop() {
            let folder = base.join(&below);
            let unreadable = |error: std::io::Error| {
                Diagnostic::error(format!("a folder of the submission cannot be read: {error}"))
            };
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                seen += 1;
                if seen > MAX_FILES {
                    return Err(Diagnostic::error(format!("the submission has more than {MAX_FILES} files")));
                }
                if is_noise(&name) {
                    continue;
                }
                let path = below.join(&name);
                let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
                if is_folder && depth < MAX_DEPTH {
                    folders.push((path, depth + 1));
                } else if name.ends_with(".rs") {
                    self.insert(shown(&path), base, &base.join(&path));
                } else if let Some((packing, _)) = Packing::strip(&name) {
                    archives.push((path, packing));
                }
            }
        }
        // An archive beside the files themselves is a copy of them.
        if !self.files.is_empty() {
            return Ok(());
        }
        archives.sort();
        let is_alone = archives.len() == 1;
        for (path, packing) in archives {
            let name = shown(&path);
            let stem = Packing::strip(&name).map_or(name.as_str(), |(_, stem)| stem);
            let prefix = if is_alone { String::new() } else { format!("{stem}/") };
            self.archive(&base.join(&path), packing, &prefix)?;
        }
        Ok(())
    }

    /// The work on an exercise.
    pub(super) fn work(&self, exercise: &Exercise, scope: Scope<'_>) -> Work {
        match self.bases(exercise, scope).as_slice() {
            [] => self.by_name(exercise, scope.only),
            [base] => {
                let files = exercise.editable.iter().map(|editable| {
                    let handed =
                        forms(editable).iter().find_map(|form| self.files.get(&format!("{base}{form}")));
                    handed.cloned().unwrap_or_else(|| {
                        Handed::Refused(Diagnostic::error(
                            "the file is missing: hand it in together with the others",
                        ))
                    })
                });
                Work::handed(exercise, files.collect())
            }
            [first, second, ..] => Work::refused(
                exercise,
                Diagnostic::error(format!(
                    "the exercise is in the submission more than once: in `{}` and in `{}`",
                    sanitised(first, 200),
                    sanitised(second, 200)
                )),
            ),
        }
    }

    /// The folders that hold the exercise's first file: all of the least nesting. A folder of the exercise's name
    /// is better than any other, and one of another exercise's name is none.
    fn bases(&self, exercise: &Exercise, scope: Scope<'_>) -> Vec<String> {
        let forms = forms(&exercise.editable[0]);
        let base = |path: &String| {
            let bases = forms.iter().filter_map(|form| path.strip_suffix(form.as_str()));
            bases.into_iter().find(|base| base.is_empty() || base.ends_with('/')).map(str::to_owned)
        };
        let all: BTreeSet<String> = self.files.keys().filter_map(base).collect();
        let folder = |base: &str| base.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
        let mut bases: Vec<String> =
            all.iter().filter(|base| folder(base) == exercise.slug).cloned().collect();
        if bases.is_empty() && scope.only {
            let may_be = |base: &&String| {
                base.matches('/').count() <= MAX_NESTING && !scope.known.contains(&folder(base))
            };
            bases = all.iter().filter(may_be).cloned().collect();
        }
        let least = bases.iter().map(|base| base.matches('/').count()).min();
        bases.retain(|base| Some(base.matches('/').count()) == least);
        bases
    }

    /// A file that is named after the exercise, or, if there is only one of both, any.
    fn by_name(&self, exercise: &Exercise, only: bool) -> Work {
        let missing = || {
            let forms = forms(&exercise.editable[0]);
            let wanted: Vec<String> =
                forms.iter().map(|form| format!("`{}/{form}`", exercise.slug)).collect();
            Work::missing(
                exercise,
                Diagnostic::error(format!("nothing was handed in: looked for {}", wanted.join(" and "))),
            )
        };
        if exercise.editable.len() != 1 {
            return missing();
        }
        let names = [format!("{}.rs", exercise.slug), format!("{}.rs", exercise.crate_name())];
        let named: Vec<&Handed> = self
            .files
            .iter()
            .filter(|(path, _)| names.iter().any(|name| path.rsplit('/').next() == Some(name)))
            .map(|(_, handed)| handed)
            .collect();
        match (named.as_slice(), self.files.len()) {
            ([one], _) => Work::handed(exercise, vec![(*one).clone()]),
            ([], 1) if only => Work::handed(exercise, self.files.values().cloned().collect()),
            ([], _) => missing(),
            _ => {
                Work::refused(exercise, Diagnostic::error("the exercise is in the submission more than once"))
            }
        }
    }
}

/// `src/lib.rs` may be handed in as that or as `lib.rs`.
fn forms(editable: &Path) -> Vec<String> {
    let long = shown(editable);
    let short = long.strip_prefix("src/").map(str::to_owned);
    [long].into_iter().chain(short).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
