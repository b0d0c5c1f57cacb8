//! What may be in a suite's `mutants/` and `accepted/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Fault;

/// The mutants in `folder`, by name, each as a change (`.diff`) or whole (`.rs`).
///
/// # Errors
/// When the folder cannot be read or holds anything else, or two files have one name.
pub(super) fn mutants(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let files = files(folder, &["diff", "rs"])?;
    let mut known: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in files {
        if let Some(other) = known.insert(name(&file), file.clone()) {
            return Err(stray(&file, &format!("there is {} too: keep one of them", other.display())));
        }
    }
    Ok(known.into_values().collect())
}

/// The Rust files in `folder`, by name.
///
/// # Errors
/// When the folder cannot be read or holds anything else.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    files(folder, &["rs"])
}

/// Whether the mutant in `file` is stored as a change.
pub(super) fn is_change(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "diff")
}

/// What is in `file`, as commands and headers call it.
pub(super) fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a mutant or a base may be called `name`: names are those of Rust modules.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Fault> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let io = |source| Fault::io("list", folder, source);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let known = path.extension().is_some_and(|found| extensions.iter().any(|known| found == *known));
        if !known || !path.is_file() {
            let extensions = extensions.join(" and .");
            return Err(stray(&path, &format!("only .{extensions} files belong in this folder")));
        }
        if !is_name(&name(&path)) {
            return Err(stray(&path, "names are lower case with underscores, as those of Rust modules"));
        }
        files.push(path);
    }
    files.sort();
    Ok(files)
}

fn stray(file: &Path, message: &str) -> Fault {
    Fault::Suite { file: file.to_owned(), line: 1, message: message.to_owned() }
}
