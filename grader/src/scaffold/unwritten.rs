//! What an exercise lacks.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::MARKER;
use super::template::TEMPLATES;
use crate::catalog::Exercise;
use crate::error::Fault;
use crate::project::Project;

/// One thing that is left to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwritten {
    /// No exercise is whole without the file.
    File { exercise: String, file: PathBuf },
    /// The file says itself what it lacks.
    Line { file: PathBuf, line: usize, what: String },
    /// A suite that refuses nothing, as far as anybody knows.
    NoMutants { exercise: String, folder: PathBuf },
    /// A suite that may accept nothing but the reference.
    NoFixtures { folder: PathBuf },
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { exercise, file } => {
                write!(f, "{}: it is missing; `cargo xtask new {exercise}` puts it there", file.display())
            }
            Self::Line { file, line, what } => write!(f, "{}:{line}: {what}", file.display()),
            Self::NoMutants { exercise, folder } => write!(
                f,
                "{}: there are no wrong submissions; `cargo xtask mutant record {exercise}/NAME FILE` stores one",
                folder.display()
            ),
            Self::NoFixtures { folder } => write!(
                f,
                "{}: there are no right submissions that look different; write some, each with `//! Fixture:` and what \
                 is unusual about it",
                folder.display()
            ),
        }
    }
}

/// Everything that is left to write of an exercise, in the order in which it is best written. Files are named from
/// the folder with the exercises and the suites.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn unwritten(project: &Project, exercise: &Exercise) -> Result<Vec<Unwritten>, Fault> {
    let slug = &exercise.slug;
    let mut list = Vec::new();
    let short = |path: &Path| path.strip_prefix(project.content()).unwrap_or(path).to_owned();
    let missing = |file: &Path| Unwritten::File { exercise: slug.clone(), file: short(file) };
    for template in TEMPLATES.iter().filter(|template| template.is_required()) {
        let file = template.path(project, slug);
        if !file.is_file() {
            list.push(missing(&file));
        }
        // What a learner writes into the stub is not the instructor's.
        let file = if template.is_stub() { exercise.pristine().join("src/lib.rs") } else { file };
        if template.is_stub() && !file.is_file() {
            list.push(missing(&file));
        }
    }
    let hidden = project.suite(slug);
    let pristine = exercise.pristine();
    let mut files = Vec::new();
    for folder in [&exercise.folder, &project.solution(slug), &hidden] {
        find(folder, &mut files)?;
    }
    let own = |file: &PathBuf| !exercise.editable.iter().any(|name| *file == exercise.folder.join(name));
    for file in files.iter().filter(|file| file.starts_with(&pristine) || own(file)) {
        let text = fs::read(file).map_err(|source| Fault::io("read", file, source))?;
        for (index, line) in String::from_utf8_lossy(&text).lines().enumerate() {
            if let Some((_, what)) = line.split_once(MARKER) {
                let what = what.trim().trim_end_matches(['"', '<']).to_owned();
                list.push(Unwritten::Line { file: short(file), line: index + 1, what });
            }
        }
    }
    let (mutants, fixtures) = (hidden.join("mutants"), hidden.join("accepted"));
    if is_empty(&mutants) {
        list.push(Unwritten::NoMutants { exercise: slug.clone(), folder: short(&mutants) });
    }
    if is_empty(&fixtures) {
        list.push(Unwritten::NoFixtures { folder: short(&fixtures) });
    }
    Ok(list)
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// Lists the files below `folder`, in order.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Fault> {
    if !folder.is_dir() {
        return Ok(());
    }
    let io = |source| Fault::io("list", folder, source);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        entries.push(entry.map_err(io)?.path());
    }
    entries.sort();
    for path in entries {
        if path.is_dir() { find(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn nothing_is_left_to_write_of_the_projects_own_exercises() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
        let project = Project::at(workspace).expect("a workspace");
        let catalog = Catalog::discover(&project).expect("exercises");
        assert!(!catalog.exercises().is_empty());
        for exercise in catalog.exercises() {
            let list = unwritten(&project, exercise).expect("folders that can be read");
            let list: Vec<String> = list.iter().map(Unwritten::to_string).collect();
            assert!(list.is_empty(), "{}", list.join("\n"));
        }
    }
}
