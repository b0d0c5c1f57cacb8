//! Storing a program as a mutant.

use std::fs;
use std::path::{Path, PathBuf};

use super::base::Base;
use super::change::Change;
use super::folder;
use super::header::{Header, Key, Malformed};
use super::program::Program;
use crate::catalog::Exercise;
use crate::error::{Error, Fault, MutantError};
use crate::project::Project;
use crate::suite::Suite;

/// What to store, and how.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub name: &'a str,
    /// The whole program, with a mutant's header.
    pub program: &'a Path,
    /// What it is a change to. Without it, the one that the header names counts, or else the nearest.
    pub base: Option<Base>,
    /// Whether a mutant of that name is replaced.
    pub force: bool,
}

/// How a mutant was stored.
#[derive(Debug, Clone)]
pub enum Recorded {
    Change { file: PathBuf, base: Base, change: Change },
    Whole { file: PathBuf },
}

/// Stores a program as a mutant: as a change to a correct program, or whole if its header says why.
///
/// # Errors
/// When the program's header is malformed or names a check that the suite does not have; when it is a correct
/// program, or not a small change to one; when there is a mutant of that name. When a file cannot be written.
pub fn record(project: &Project, exercise: &Exercise, request: &Request<'_>) -> Result<Recorded, Error> {
    if !folder::is_name(request.name) {
        return Err(MutantError::NotAName { text: format!("{}/{}", exercise.slug, request.name) }.into());
    }
    let file = request.program;
    let text = fs::read_to_string(file)
        .map_err(|source| MutantError::Unreadable { file: file.to_owned(), source })?;
    let suite = Suite::load(&project.suite(&exercise.slug))?;
    let Program { header, body } = Program::split(&text);
    let header = checked(header, &suite).map_err(|Malformed { line, message }| MutantError::Malformed {
        file: file.to_owned(),
        line,
        message,
    })?;
    if header.has(Key::Whole) && request.base.is_some() {
        let line = header.line_of(Key::Whole);
        return Err(MutantError::WholeWithBase { file: file.to_owned(), line }.into());
    }

    let folder = suite.folder.join("mutants");
    let stored = |extension: &str| folder.join(format!("{}.{extension}", request.name));
    let (change, whole) = (stored("diff"), stored("rs"));
    let there: Vec<&PathBuf> = [&change, &whole].into_iter().filter(|path| path.exists()).collect();
    if let Some(file) = there.first().filter(|_| !request.force) {
        return Err(MutantError::Exists { file: file.to_path_buf() }.into());
    }

    let (recorded, text) = if header.has(Key::Whole) {
        (Recorded::Whole { file: whole.clone() }, text)
    } else {
        let (base, difference) = small_change(project, exercise, request, &header, body)?;
        let text = header.with_base(&base) + difference.text();
        (Recorded::Change { file: change.clone(), base, change: difference }, text)
    };
    let (file, other) = match &recorded {
        Recorded::Change { .. } => (&change, &whole),
        Recorded::Whole { .. } => (&whole, &change),
    };
    fs::create_dir_all(&folder).map_err(|source| Fault::io("create", &folder, source))?;
    fs::write(file, text).map_err(|source| Fault::io("write", file, source))?;
    if other.exists() {
        fs::remove_file(other).map_err(|source| Fault::io("remove", other, source))?;
    }
    Ok(recorded)
}

/// Reads the header, and everything in it that `calibrate` will read.
fn checked(header: &str, suite: &Suite) -> Result<Header, Malformed> {
    let header = Header::parse(header)?;
    header.caught_by(suite)?;
    header.mistakes()?;
    if header.has(Key::Whole) {
        header.reason_to_be_whole()?;
    } else if header.has(Key::Base) {
        header.base()?;
    }
    Ok(header)
}

/// The base, and the change that makes `body` of it.
fn small_change(
    project: &Project,
    exercise: &Exercise,
    request: &Request<'_>,
    header: &Header,
    body: &str,
) -> Result<(Base, Change), Error> {
    let known = Base::all(project, exercise)?;
    let wanted = request.base.clone().or_else(|| header.base().ok());
    let candidates = match wanted {
        None => known,
        Some(base) if known.contains(&base) => vec![base],
        Some(base) => {
            return Err(MutantError::UnknownBase {
                exercise: exercise.slug.clone(),
                base: base.to_string(),
                known: known.iter().map(Base::to_string).collect(),
            }
            .into());
        }
    };
    let mut nearest: Option<(Base, Change, String)> = None;
    for base in candidates {
        let text = base.read(project, exercise)?;
        let right = Program::split(&text).body;
        let Some(change) = Change::between(right, body) else {
            return Err(
                MutantError::SameAsBase { file: request.program.to_owned(), base: base.to_string() }.into()
            );
        };
        // Of two that are as near, the first one: the reference is the one that everybody knows.
        if nearest.as_ref().is_none_or(|(_, other, _)| change.size() < other.size()) {
            nearest = Some((base, change, right.to_owned()));
        }
    }
    let Some((base, change, right)) = nearest else { unreachable!("the reference is always a candidate") };
    if change.is_small(&right) {
        Ok((base, change))
    } else {
        let (lines, base_lines) = (change.changed_lines(), right.lines().count());
        Err(MutantError::NotSmall { base: base.to_string(), lines, base_lines }.into())
    }
}
