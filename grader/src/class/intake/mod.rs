//! Who handed in what: the learners of a class, found in what a course system exported.
//!
//! ```text
//! archive  .zip and .tar.gz, read in memory; hostile ones are refused by name
//! tree     the files of one submission, wherever they are
//! system   how Moodle, Canvas, Gradescope, Blackboard and GitHub name their downloads
//! roster   who is in the class, from a CSV file
//! ```

mod archive;
mod blackboard;
mod canvas;
mod github;
mod gradescope;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod invariant;
mod moodle;
#[cfg(test)]
mod properties;
mod roster;
mod system;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault, UsageError};
use crate::report::{Diagnostic, sanitised};
use crate::submission::Work;

pub use roster::Roster;
pub use system::System;

/// More than any name that a course system gives.
const MAX_NAME: usize = 200;

/// The submissions of a class, one row for each learner, in the order of their ids.
#[derive(Debug, Clone)]
pub struct Class {
    /// The folder as it was given.
    pub label: String,
    /// The course system that its names come from.
    pub system: System,
    pub learners: Vec<Learner>,
}

/// One learner, and what was handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learner {
    /// As the course system or the roster has it.
    pub id: String,
    pub name: Option<String>,
    /// When it was handed in, as the system says it.
    pub submitted: Option<String>,
    /// Whether the system calls it late.
    pub late: bool,
    /// What the instructor should know about the row, such as a learner whom the roster does not have.
    pub notes: Vec<String>,
    /// Only who reads the class itself knows where they are.
    #[serde(skip)]
    parts: Vec<Part>,
}

/// A file, a folder or an archive that a learner handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// Its name without what the system adds.
    name: String,
    path: PathBuf,
}

/// What the name of an entry says by the rule of a course system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    id: String,
    name: Option<String>,
    /// When it was handed in, in a form that sorts.
    submitted: Option<String>,
    /// Of two of the same file, the higher is the newer one.
    order: (String, u64),
    late: bool,
    /// The file's own name; `None` for a folder or an archive, which is all of the submission.
    file: Option<String>,
}

impl Named {
    /// Everything that this learner handed in.
    fn whole(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            submitted: None,
            order: (String::new(), 0),
            late: false,
            file: None,
        }
    }
}

impl Class {
    /// Finds the learners in `folder`. Every entry of it belongs to one, and everybody on the roster is one, with or
    /// without a submission.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds nothing and there is no roster.
    pub fn open(folder: &Path, system: Option<System>, roster: Option<&Roster>) -> Result<Self, Error> {
        let listing = list(folder)?;
        let system = system.unwrap_or_else(|| System::guess(folder, &listing));
        let mut learners = BTreeMap::new();
        for (named, entry) in system.name_all(folder, &listing)? {
            let path = folder.join(&entry);
            gather(&mut learners, named, entry, path, roster);
        }
        let mut learners: Vec<Learner> = learners.into_values().map(Gathered::into_learner).collect();
        if let Some(roster) = roster {
            for learner in &mut learners {
                if !roster.has(&learner.id) {
                    learner.notes.push("is not on the roster".to_owned());
                }
            }
            learners.extend(roster.absent(&learners));
        }
        if learners.is_empty() {
            return Err(UsageError::EmptyClass { path: folder.to_owned() }.into());
        }
        learners.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { label: folder.display().to_string(), system, learners })
    }
}

/// The names in a class's folder, in their order, but for hidden ones and what systems and desktops add.
fn list(folder: &Path) -> Result<Vec<String>, Error> {
    let kind = fs::metadata(folder).map_err(|_| UsageError::NoClass { path: folder.to_owned() })?;
    if !kind.is_dir() {
        return Err(UsageError::NoClass { path: folder.to_owned() }.into());
    }
    let io = |source| Fault::io("list", folder, source);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let name = entry.map_err(io)?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !["__MACOSX", "Thumbs.db", "rubric.toml"].contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// What has been found of one learner so far: for each file's name the newest.
struct Gathered {
    learner: Learner,
    newest: BTreeMap<Option<String>, ((String, u64), Part)>,
    /// Two submissions of which nothing says which is newer.
    doubled: Vec<String>,
}

impl Gathered {
    fn into_learner(self) -> Learner {
        let mut learner = self.learner;
        learner.parts = self.newest.into_values().map(|(_, part)| part).collect();
        if !self.doubled.is_empty() {
            learner.notes.push(format!(
                "handed in more than once, and no stamp says which is the newest: {}",
                self.doubled.join(", ")
            ));
            learner.parts.clear();
        }
        learner
    }
}

fn gather(
    learners: &mut BTreeMap<String, Gathered>,
    named: Named,
    entry: String,
    path: PathBuf,
    roster: Option<&Roster>,
) {
    let person = roster.and_then(|roster| roster.find(&named.id, named.name.as_deref()));
    let id = person.map_or_else(
        || sanitised(&named.id, MAX_NAME).replace(['\n', '\t'], " "),
        |person| person.id.clone(),
    );
    let learner = || Learner {
        id: id.clone(),
        name: person.and_then(|person| person.name.clone()).or_else(|| named.name.clone()),
        submitted: person.and_then(|person| person.submitted.clone()).or_else(|| named.submitted.clone()),
        late: named.late,
        notes: Vec::new(),
        parts: Vec::new(),
    };
    let gathered = learners.entry(id.clone()).or_insert_with(|| Gathered {
        learner: learner(),
        newest: BTreeMap::new(),
        doubled: Vec::new(),
    });
    let part = Part { name: named.file.clone().unwrap_or_else(|| entry.clone()), path };
    // An attempt is whole: what an older one had is not mixed into a newer one.
    let newest_attempt =
        gathered.newest.values().map(|((stamp, _), _)| stamp.clone()).max().unwrap_or_default();
    if named.order.0 < newest_attempt {
        return;
    }
    if named.order.0 > newest_attempt {
        gathered.newest.clear();
        gathered.doubled.clear();
        gathered.learner = learner();
    }
    match gathered.newest.get(&named.file) {
        Some((order, _)) if *order > named.order => {}
        Some((order, other)) if *order == named.order => {
            if gathered.doubled.is_empty() {
                gathered.doubled.push(other.name.clone());
            }
            gathered.doubled.push(part.name);
        }
        Some(_) | None => {
            gathered.learner.late |= named.late;
            gathered.newest.insert(named.file, (named.order, part));
        }
    }
}

impl Learner {
    /// A learner who handed in nothing.
    pub(super) fn absent(id: String, name: Option<String>) -> Self {
        Self { id, name, submitted: None, late: false, notes: Vec::new(), parts: Vec::new() }
    }

    /// The work on each of the exercises, in their order; also on those that are missing or cannot be taken, with
    /// what is wrong. What is in archives is in memory from here on.
    pub fn works(&self, exercises: &[&Exercise], catalog: &Catalog) -> Vec<Work> {
        let tree = match tree::Tree::of(&self.parts) {
            Ok(tree) => tree,
            Err(refused) => {
                return exercises.iter().map(|exercise| Work::refused(exercise, refused.clone())).collect();
            }
        };
        if tree.is_empty() {
            let missing = match self.notes.first() {
                Some(note) if self.parts.is_empty() => {
                    Diagnostic::error(format!("nothing was taken: {note}"))
                }
                Some(_) | None => Diagnostic::error("nothing was handed in"),
            };
            return exercises.iter().map(|exercise| Work::missing(exercise, missing.clone())).collect();
        }
        let known = catalog.slugs();
        let scope = tree::Scope { only: exercises.len() == 1, known: &known };
        exercises.iter().map(|exercise| tree.work(exercise, scope)).collect()
    }
}

/// The exercises that a class is graded on: those `selected`, or all.
///
/// # Errors
/// When one of them does not exist.
pub fn exercises<'a>(catalog: &'a Catalog, selected: &[String]) -> Result<Vec<&'a Exercise>, UsageError> {
    if selected.is_empty() {
        return Ok(catalog.exercises().iter().collect());
    }
    let wanted = selected.iter().map(|slug| catalog.get(slug)).collect::<Result<Vec<_>, _>>()?;
    Ok(catalog.exercises().iter().filter(|one| wanted.iter().any(|wanted| wanted.slug == one.slug)).collect())
}
