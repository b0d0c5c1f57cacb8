//! `cargo xtask reset`

use std::path::Path;

use grader::error::Error;
use grader::learner::reset::{self, Restored};

use crate::cli::ResetArgs;
use crate::exit::Exit;
use crate::output;

/// Restores the stub, and says where the learner's file is.
pub fn run(args: &ResetArgs) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let exercise = catalog.get(&args.exercise)?;
    let text: String = reset::reset(exercise)?.iter().map(|file| said(file, project.content())).collect();
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// What became of one file, with paths from the project's folder.
pub fn said(restored: &Restored, root: &Path) -> String {
    let short = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    match restored {
        Restored::Unchanged { file } => format!("{} is the stub already.\n", short(file)),
        Restored::Missing { file } => format!("{} was missing, and is the stub again.\n", short(file)),
        Restored::Kept { file, backup } => {
            format!("{} is the stub again. Your file is kept as {}.\n", short(file), short(backup))
        }
    }
}
