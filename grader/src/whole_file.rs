//! Files that are written whole or not at all.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What must be on the disk when a file has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It survives a loss of power.
    Durable,
    /// It may be lost, but is never half there.
    Whole,
}

/// How the names of temporary files begin.
pub(crate) const TEMPORARY: &str = ".interleave-";

/// Writes `file`, in place of what is there: through a temporary file in the same folder, so that no reader ever sees
/// half of it.
///
/// # Errors
/// When it cannot be written; then what was there is still there.
pub fn write<E: From<io::Error>>(
    file: &Path,
    durability: Durability,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    // Those of an ordinary new file, less the process's mask; a temporary file's own would hide it from others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(folder)?;
    let mut buffered = BufWriter::new(temporary);
    write(&mut buffered)?;
    let temporary = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
    if durability == Durability::Durable {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(file).map_err(|error| error.error)?;
    if durability == Durability::Durable {
        // The name of the file is the folder's content. Elsewhere a folder cannot be opened like a file.
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What stands in the name of a file that is kept because another took its place, before a number.
pub(crate) const BACKUP: &str = ".backup-";

/// Writes `text`, which is what `own` has, to a new file beside it, and returns its name.
///
/// # Errors
/// When no file can be written there.
pub fn keep(own: &Path, text: &[u8]) -> io::Result<PathBuf> {
    let mut number = 1;
    loop {
        let mut name = own.file_name().unwrap_or_default().to_owned();
        name.push(format!("{BACKUP}{number}"));
        let backup = own.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&backup) {
            Ok(mut file) => {
                file.write_all(text)?;
                file.sync_all()?;
                return Ok(backup);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn others_may_read_it_as_they_may_read_any_new_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (whole, plain) = (folder.path().join("whole"), folder.path().join("plain"));
        fs::write(&plain, "text").expect("a file");
        write(&whole, Durability::Durable, |out| out.write_all(b"text")).expect("a file");
        let mode = |file: &Path| {
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).expect("a file").permissions())
        };
        assert_eq!(mode(&whole), mode(&plain));
        assert_eq!(fs::read(&whole).expect("a file"), b"text");
    }

    #[test]
    fn what_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("report");
        fs::write(&file, "old").expect("a file");
        let failed = write(&file, Durability::Whole, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("on purpose"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&file).expect("a file"), b"old");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
