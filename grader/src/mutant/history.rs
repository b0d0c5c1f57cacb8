//! What a file contained in earlier commits.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::error::Fault;

/// The committed contents of `file`, from the newest to the oldest; none if it is in no repository.
///
/// # Errors
/// When `git` cannot be run.
pub(super) fn versions(file: &Path) -> Result<Vec<String>, Fault> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return Ok(Vec::new()) };
    let commits = git(folder, ["log", "--format=%H", "--"].map(OsStr::new).into_iter().chain([name]))?;
    let mut versions = Vec::new();
    for commit in commits.unwrap_or_default().lines() {
        let object = format!("{commit}:./{}", name.to_string_lossy());
        versions.extend(git(folder, ["show", &object].map(OsStr::new))?);
    }
    Ok(versions)
}

/// What git prints, or nothing if it fails: the file may not have been there in that commit.
fn git<'a>(folder: &Path, args: impl IntoIterator<Item = &'a OsStr>) -> Result<Option<String>, Fault> {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .output()
        .map_err(|source| Fault::NoGit { source })?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}
