//! A new exercise: the files that it consists of, and what is left to write of them.
//!
//! `template/` has the files. Where somebody has to write something, they say `WRITE:` and what; nothing else says
//! whether an exercise is whole, so that a line that is written is a line less on the list.

mod name;
mod template;
mod unwritten;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::error::{Error, Fault, UsageError};
use crate::project::Project;

pub use name::Name;
use template::TEMPLATES;
pub use unwritten::{Unwritten, unwritten};

/// What stands before everything that is left to write.
const MARKER: &str = "WRITE:";

/// Writes the files of the exercise that are not there, and returns them. What is there stays as it is.
///
/// # Errors
/// When no file of it is missing, or one cannot be written.
pub fn scaffold(project: &Project, catalog: &Catalog, name: &Name) -> Result<Vec<PathBuf>, Error> {
    let mut written = Vec::new();
    let order = catalog.next_order();
    // An exercise that has checks of its own needs no example of one.
    let begun = project.suite(name.slug()).join("checks.rs").is_file();
    for template in TEMPLATES.iter().filter(|template| !begun || template.is_required()) {
        let file = template.path(project, name.slug());
        let mut files = vec![file];
        if template.is_stub() {
            files.push(project.exercises().join(name.slug()).join(".stub/src/lib.rs"));
        }
        for file in files {
            if write_new(&file, &template.text(name, order))? {
                written.push(file);
            }
        }
    }
    if written.is_empty() {
        return Err(UsageError::NothingToScaffold { exercise: name.slug().to_owned() }.into());
    }
    Ok(written)
}

/// Returns whether the file was not there.
fn write_new(file: &Path, text: &str) -> Result<bool, Fault> {
    let io = |source| Fault::io("write", file, source);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    match fs::OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(mut new) => new.write_all(text.as_bytes()).map(|()| true).map_err(io),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io(error)),
    }
}
