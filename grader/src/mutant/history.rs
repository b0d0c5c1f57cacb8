//! What a file contained in earlier commits.

use std::path::Path;

use crate::error::Fault;
use crate::interrupt::Interrupt;
use crate::process::{self, End, Job};

/// The committed contents of `file`, from the newest to the oldest; none if it is in no repository.
///
/// # Errors
/// When `git` cannot be run.
pub(super) fn versions(file: &Path) -> Result<Vec<String>, Fault> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Ok(Vec::new());
    };
    let commits = git(folder, &["log", "--format=%H", "--", name])?.unwrap_or_default();
    let contents = commits.lines().map(|commit| git(folder, &["show", &format!("{commit}:./{name}")]));
    // A commit that removed the file has no content to show.
    Ok(contents.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// What git prints, or nothing if it fails.
fn git(folder: &Path, args: &[&str]) -> Result<Option<String>, Fault> {
    let finished = process::run(&Job::tool("git", args, folder), &Interrupt::default())
        .map_err(|error| error.into_fault(|source| Fault::NoGit { source }))?;
    let text = String::from_utf8_lossy(&finished.stdout.bytes).into_owned();
    Ok((finished.end == End::Exited(0)).then_some(text))
}
