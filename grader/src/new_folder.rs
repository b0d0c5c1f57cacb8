//! Folders that are made in one go, and never over something else.

use std::fs;
use std::path::Path;

use crate::error::{Error, Fault, UsageError};

/// Writes files into a new or empty folder, each with its path in it.
///
/// # Errors
/// When the folder has something in it, or cannot be written to.
pub fn write<N: AsRef<Path>, B: AsRef<[u8]>>(
    folder: &Path,
    files: impl IntoIterator<Item = (N, B)>,
) -> Result<(), Error> {
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if folder.exists() && !is_empty {
        return Err(UsageError::NotEmpty { path: folder.to_owned() }.into());
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        written.map_err(|source| Fault::io("write", &path, source))?;
    }
    Ok(())
}
