//! Files for an engine: printed, or written without a loss of what is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use grader::error::Fault;
use grader::whole_file::{self, Durability};

use crate::output;
use crate::terminal::Terminal;

/// A file that is not written yet.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft {
    pub name: &'static str,
    pub text: String,
}

/// Prints them, each under its name where there are several.
///
/// # Errors
/// When standard output cannot be written to.
pub fn print(drafts: &[Draft]) -> Result<(), Fault> {
    let text: Vec<String> = match drafts {
        [only] => vec![only.text.clone()],
        all => all.iter().map(|Draft { name, text }| format!("# ── {name}\n{text}")).collect(),
    };
    output::tell(text.join("\n").as_bytes())
}

/// Writes them to a folder. A file that is there and differs is kept beside it.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write(drafts: &[Draft], folder: &Path, terminal: &Terminal) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|source| Fault::io("make the folder", folder, source))?;
    for Draft { name, text } in drafts {
        let file = folder.join(name);
        if let Some(backup) = replace(&file, text.as_bytes())? {
            terminal.note(&format!("What was in {} is in {} now.", file.display(), backup.display()));
        }
    }
    Ok(())
}

/// Puts `bytes` into a file, and returns where what was there is kept, if it was something else.
fn replace(file: &Path, bytes: &[u8]) -> Result<Option<PathBuf>, Fault> {
    let backup = match fs::read(file) {
        Ok(old) if old == bytes => return Ok(None),
        Ok(old) => {
            Some(whole_file::keep(file, &old).map_err(|source| Fault::io("keep a copy of", file, source))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(Fault::io("read", file, source)),
    };
    whole_file::write(file, Durability::Durable, |out| out.write_all(bytes))
        .map_err(|source: io::Error| Fault::io("write", file, source))?;
    Ok(backup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_and_differs_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grade.yaml");
        let mut replaced = |text: &str| {
            let backup = replace(&file, text.as_bytes()).expect("it can be written");
            backup.map(|backup| fs::read_to_string(backup).expect("a backup"))
        };
        let backups = ["a", "a", "b", "c"].map(&mut replaced);
        assert_eq!(backups, [None, None, Some("a".to_owned()), Some("b".to_owned())]);
        assert_eq!(fs::read_to_string(&file).expect("a file"), "c");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
    }
}
