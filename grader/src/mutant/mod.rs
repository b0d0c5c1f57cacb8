//! Wrong submissions, which prove that a suite catches what it is meant to catch.
//!
//! Most mutants are a small change to a correct program, and are stored as just that: `mutants/NAME.diff` is a
//! header and a unified diff.
//!
//! ```text
//! //! Mutant: `add` releases the lock between reading and writing.
//! //! Caught by: counting::no_update_is_lost (model)
//! //! Diagnosis: lost_update
//! //! Base: accepted/plain
//! @@ -51,8 +51,8 @@
//!  impl Counter for LockedCounter {
//! ```
//!
//! The base is the reference solution or one of the suite's `accepted/` programs, which `calibrate` proves to
//! be accepted.
//! The diff is between the two programs without their headers, the lines with `//!` at the beginning, so that
//! rewording a header moves no hunk; its line numbers count from the line after the header. The lines `---` and
//! `+++` would only repeat what the header says, and are left out. The program that is graded is the mutant's
//! header, without the line `Base:`, and then the changed text.
//!
//! A mutant that is a program of its own is a whole file, `mutants/NAME.rs`, and its header says why: `Whole:`.

mod base;
mod change;
mod folder;
mod header;
mod history;
mod program;
mod rebase;
mod record;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::catalog::Exercise;
use crate::error::{Error, Fault, MutantError};
use crate::project::Project;
use crate::report::Mistake;
use crate::suggestion;
use crate::suite::{CheckId, Suite};

pub use base::Base;
pub use change::Change;
pub use rebase::{Outcome, rebase};
pub use record::{Recorded, Request, record};

use change::Misfit;
use header::{Header, Key};
use program::Program;

/// A wrong submission as it is stored.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub exercise: String,
    pub name: String,
    /// Where it is stored.
    pub file: PathBuf,
    header: Header,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// A small change to a correct program.
    Change { base: Base, change: Change },
    /// A program of its own, as it stands in the file.
    Whole { program: String },
}

impl Mutant {
    /// All mutants of an exercise, by name. Their changes are read, not applied.
    ///
    /// # Errors
    /// When the folder holds anything else, or a mutant is malformed.
    pub fn all(project: &Project, exercise: &Exercise) -> Result<Vec<Self>, Fault> {
        let files = folder::mutants(&project.suite(&exercise.slug).join("mutants"))?;
        files.into_iter().map(|file| Self::read(exercise, file)).collect()
    }

    /// The mutant of that name.
    ///
    /// # Errors
    /// When there is none; the error suggests the nearest name. When it is malformed.
    pub fn find(project: &Project, exercise: &Exercise, name: &str) -> Result<Self, Error> {
        let files = folder::mutants(&project.suite(&exercise.slug).join("mutants"))?;
        match files.iter().find(|file| folder::name(file) == name) {
            Some(file) => Ok(Self::read(exercise, file.clone())?),
            None => {
                let names: Vec<String> = files.iter().map(|file| folder::name(file)).collect();
                let suggestion = suggestion::nearest(name, names.iter().map(String::as_str));
                Err(MutantError::Unknown {
                    exercise: exercise.slug.clone(),
                    name: name.to_owned(),
                    suggestion: suggestion.map(str::to_owned),
                }
                .into())
            }
        }
    }

    fn read(exercise: &Exercise, file: PathBuf) -> Result<Self, Fault> {
        let text = program::read(&file)?;
        let Program { header, body } = Program::split(&text);
        let header = Header::parse(header).map_err(|malformed| malformed.in_file(&file))?;
        let form = if folder::is_change(&file) {
            let base = header.base().map_err(|malformed| malformed.in_file(&file))?;
            Form::Change { base, change: Change::new(body) }
        } else {
            header.reason_to_be_whole().map_err(|malformed| malformed.in_file(&file))?;
            Form::Whole { program: text }
        };
        Ok(Self { exercise: exercise.slug.clone(), name: folder::name(&file), file, header, form })
    }

    /// What it is a change to; `None` for a program of its own.
    pub fn base(&self) -> Option<&Base> {
        match &self.form {
            Form::Change { base, .. } => Some(base),
            Form::Whole { .. } => None,
        }
    }

    /// What it changes; `None` for a program of its own.
    pub fn change(&self) -> Option<&Change> {
        match &self.form {
            Form::Change { change, .. } => Some(change),
            Form::Whole { .. } => None,
        }
    }

    /// The checks that its header names, each of which must fail.
    ///
    /// # Errors
    /// When the header names none, or one that the suite does not have.
    pub fn caught_by(&self, suite: &Suite) -> Result<Vec<CheckId>, Fault> {
        self.header.caught_by(suite).map_err(|malformed| malformed.in_file(&self.file))
    }

    /// What the schedules of its failures may be diagnosed as; empty for a mistake that no schedule can show.
    ///
    /// # Errors
    /// When the header does not say it, or names a kind that does not exist.
    pub fn mistakes(&self) -> Result<Vec<Mistake>, Fault> {
        self.header.mistakes().map_err(|malformed| malformed.in_file(&self.file))
    }

    /// The whole program, as it is graded.
    ///
    /// # Errors
    /// When its base does not exist, or the change does not fit there.
    pub fn program(&self, project: &Project, exercise: &Exercise) -> Result<String, Fault> {
        match &self.form {
            Form::Whole { program } => Ok(program.clone()),
            Form::Change { base, change } => {
                let path = base.file(project, exercise);
                if !path.is_file() {
                    return Err(self.without_base(project, exercise, base));
                }
                let text = base.read(project, exercise)?;
                let body =
                    change.apply(Program::split(&text).body).map_err(|misfit| self.misfit(&path, misfit))?;
                Ok(self.header.without_base() + &body)
            }
        }
    }

    fn misfit(&self, base: &Path, misfit: Misfit) -> Fault {
        Fault::Misfit {
            file: self.file.clone(),
            line: self.header.lines() + misfit.line(),
            base: base.to_owned(),
            exercise: self.exercise.clone(),
            reason: misfit.to_string(),
        }
    }

    fn without_base(&self, project: &Project, exercise: &Exercise, base: &Base) -> Fault {
        let known = Base::all(project, exercise).unwrap_or_default();
        let known: Vec<String> = known.iter().map(Base::to_string).collect();
        Fault::Suite {
            file: self.file.clone(),
            line: self.header.line_of(Key::Base),
            message: format!("there is no base `{base}`; the bases are {}", known.join(", ")),
        }
    }
}
