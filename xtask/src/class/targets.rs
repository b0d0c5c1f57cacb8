//! Where the reports on a class go: one for all, or one for each learner.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use grader::class::rows::Rows;
use grader::error::Fault;
use grader::format::feedback::Feedback;
use grader::format::{Choice, Unwritten};
use grader::whole_file::{self, Durability};
use miette::Diagnostic;
use thiserror::Error;

use super::unwritable;
use crate::output::Target;
use crate::terminal::Terminal;

/// What stands in a path for each learner's id.
const LEARNER: &str = "{learner}";

/// One report for the class, or one for each learner.
#[derive(Debug)]
pub enum ClassTarget {
    Whole { format: &'static Choice, file: Option<PathBuf> },
    Each { format: &'static Choice, pattern: String },
}

/// The format has no form for a class.
#[derive(Debug, Error, Diagnostic)]
#[error("the format `{0}` is about one learner")]
#[diagnostic(help("write one for each: `--format {0} --output 'reports/{{learner}}.{1}'`"))]
pub struct OneByOne(&'static str, &'static str);

/// Which of the formats are for the class, and which for each learner.
///
/// # Errors
/// When a format has no form for a class, and its file no place for a learner.
pub fn of(targets: &[Target]) -> Result<Vec<ClassTarget>, OneByOne> {
    let one = |target: &Target| {
        let format = target.format;
        let pattern = target.file.as_ref().map(|file| file.to_string_lossy().into_owned());
        match pattern.filter(|pattern| pattern.contains(LEARNER)) {
            Some(pattern) => Ok(ClassTarget::Each { format, pattern }),
            None if format.for_class(Terminal::look_of_a_file()).is_none() => {
                Err(OneByOne(format.name, format.extension))
            }
            None => Ok(ClassTarget::Whole { format, file: target.file.clone() }),
        }
    };
    targets.iter().map(one).collect()
}

/// Writes the reports on a class.
///
/// # Errors
/// When one of them cannot be written, or a result cannot be read.
pub fn write(
    targets: &[ClassTarget],
    rows: &Rows<'_>,
    feedback: Feedback,
    terminal: &Terminal,
) -> Result<(), Fault> {
    for target in targets {
        match target {
            ClassTarget::Each { format, pattern } => each(format, pattern, rows, feedback)?,
            ClassTarget::Whole { format, file: Some(file) } => {
                let Some(class) = format.for_class(Terminal::look_of_a_file()) else { continue };
                whole_file::write(file, Durability::Durable, |out| class.write_class(rows, out))
                    .map_err(|error| fault(error, file))?;
            }
            ClassTarget::Whole { format, file: None } => {
                let Some(class) = format.for_class(terminal.look()) else { continue };
                let mut stdout = io::BufWriter::new(io::stdout().lock());
                let written = class.write_class(rows, &mut stdout);
                let written = written.and_then(|()| io::Write::flush(&mut stdout).map_err(Unwritten::Io));
                match written {
                    // Whoever reads has seen enough, as in `… | head`.
                    Err(Unwritten::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
                    written => written.map_err(|error| fault(error, Path::new("standard output")))?,
                }
            }
        }
    }
    Ok(())
}

fn fault(error: Unwritten, file: &Path) -> Fault {
    match error {
        Unwritten::Io(source) => unwritable(file, source),
        Unwritten::Fault(fault) => fault,
    }
}

fn each(format: &Choice, pattern: &str, rows: &Rows<'_>, feedback: Feedback) -> Result<(), Fault> {
    for row in rows.iter() {
        let row = row?;
        let file = PathBuf::from(pattern.replace(LEARNER, &file_name(&row.learner.id)));
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
        }
        let report = feedback.of(row.report);
        let look = Terminal::look_of_a_file();
        let written: io::Result<()> =
            whole_file::write(&file, Durability::Durable, |out| format.for_look(look).write(&report, out));
        written.map_err(|source| unwritable(&file, source))?;
    }
    Ok(())
}

/// An id as the name of a file, in which it can lead nowhere else. Different ids are different names.
fn file_name(id: &str) -> String {
    let mut name = String::new();
    for character in id.chars() {
        if character.is_alphanumeric() || "@._- ".contains(character) {
            name.push(character);
        } else {
            name.push_str(&format!("%{:02X}", u32::from(character)));
        }
    }
    if name.starts_with('.') { name.replacen('.', "%2E", 1) } else { name }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn an_id_is_a_file_of_the_folder_that_was_asked_for() {
        assert_eq!(file_name("ada@example.org"), "ada@example.org");
        assert_eq!(file_name("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
        assert_ne!(file_name("a/b"), file_name("a%2Fb"));
    }
}
