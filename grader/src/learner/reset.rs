//! A fresh start: the stub again, and what was there kept beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalog::Exercise;
use crate::error::Fault;
use crate::whole_file::{self, Durability};

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// It was the stub already.
    Unchanged { file: PathBuf },
    /// It was missing.
    Missing { file: PathBuf },
    /// It is kept as `backup`.
    Kept { file: PathBuf, backup: PathBuf },
}

/// Restores the stub of an exercise, file by file. A file that differs from it is copied to a name that was free
/// before it is replaced.
///
/// # Errors
/// When a file cannot be read or written; what has not been copied is not replaced.
pub fn reset(exercise: &Exercise) -> Result<Vec<Restored>, Fault> {
    exercise.editable.iter().map(|name| restore(exercise, name)).collect()
}

fn restore(exercise: &Exercise, name: &Path) -> Result<Restored, Fault> {
    let (stub, own) = (exercise.pristine().join(name), exercise.folder.join(name));
    let fresh = fs::read(&stub).map_err(|source| Fault::io("read", &stub, source))?;
    let restored = match fs::read(&own) {
        Ok(text) if text == fresh => return Ok(Restored::Unchanged { file: own }),
        Ok(text) => {
            let backup =
                whole_file::keep(&own, &text).map_err(|source| Fault::io("keep a copy of", &own, source))?;
            Restored::Kept { file: own.clone(), backup }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Restored::Missing { file: own.clone() },
        Err(source) => return Err(Fault::io("read", &own, source)),
    };
    if let Some(folder) = own.parent() {
        fs::create_dir_all(folder).map_err(|source| Fault::io("make the folder", folder, source))?;
    }
    whole_file::write(&own, Durability::Durable, |out| out.write_all(&fresh))
        .map_err(|source| Fault::io("write", &own, source))?;
    Ok(restored)
}
