//! What was handed in: which files, and taking them without trusting them.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Exercise};
use crate::error::UsageError;
use crate::report::Diagnostic;
use crate::source::Source;

#[cfg_attr(unix, path = "opened/unix.rs")]
#[cfg_attr(not(unix), path = "opened/elsewhere.rs")]
mod opened;

/// More than anyone writes by hand, and little enough for every tool that reads it.
pub const MAX_FILE_BYTES: u64 = 256 * 1024;

/// The work of one learner, for any number of exercises.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The submission as it was given.
    pub label: String,
    pub works: Vec<Work>,
}

/// The work on one exercise: where its files are. They are not read yet.
#[derive(Debug, Clone)]
pub struct Work {
    pub exercise: String,
    files: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    /// The file's name in the exercise, such as `src/lib.rs`.
    name: PathBuf,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    /// Nothing between the folder `base` and the file may be a link.
    Disk {
        base: PathBuf,
        path: PathBuf,
    },
    Memory(String),
    /// What an archive had, not read yet.
    Bytes(Vec<u8>),
    /// It cannot be taken: what is wrong with it.
    Refused(Diagnostic),
    /// Nothing was handed in.
    Missing(Diagnostic),
}

/// A file that somebody handed in, in whatever way.
#[derive(Debug, Clone)]
pub enum Handed {
    /// On disk. Nothing between the folder `base` and the file may be a link.
    File { base: PathBuf, path: PathBuf },
    /// In memory, out of an archive.
    Bytes(Vec<u8>),
    /// It cannot be taken: what is wrong with it.
    Refused(Diagnostic),
}

impl Submission {
    /// Finds the work that `path` holds: all of it, or the `selected` exercises.
    ///
    /// # Errors
    /// When there is nothing at `path`, or not what was asked for.
    pub fn open(path: &Path, selected: &[String], catalog: &Catalog) -> Result<Self, UsageError> {
        let selected = selected.iter().map(|slug| catalog.get(slug)).collect::<Result<Vec<_>, _>>()?;
        let kind = fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => UsageError::NoSubmission { path: path.to_owned() },
            _ => UsageError::UnreadableSubmission { path: path.to_owned(), source },
        })?;
        let works = if kind.is_file() {
            vec![single_file(path, &selected, catalog)?]
        } else if kind.is_dir() {
            folder(path, &selected, catalog)?
        } else {
            return Err(UsageError::NotASubmission { path: path.to_owned() });
        };
        Ok(Self { label: path.display().to_string(), works })
    }
}

fn single_file(path: &Path, selected: &[&Exercise], catalog: &Catalog) -> Result<Work, UsageError> {
    if path.extension().is_none_or(|extension| extension != "rs") {
        return Err(UsageError::NotASubmission { path: path.to_owned() });
    }
    let &[exercise] = selected else {
        return Err(UsageError::FileNeedsExercise { path: path.to_owned(), known: catalog.slugs() });
    };
    Work::from_file(exercise, path).ok_or_else(|| UsageError::FileIsNotEnough {
        exercise: exercise.slug.clone(),
        count: exercise.editable.len(),
    })
}

fn folder(path: &Path, selected: &[&Exercise], catalog: &Catalog) -> Result<Vec<Work>, UsageError> {
    let wanted: Vec<&Exercise> =
        if selected.is_empty() { catalog.exercises().iter().collect() } else { selected.to_vec() };
    let own_name = path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let mut works = Vec::new();
    let mut looked_for = Vec::new();
    for exercise in wanted {
        // The folder may be the exercise's own, if its name or the command line says so.
        let is_the_exercise = selected.len() == 1 || own_name.as_ref() == Some(&exercise.slug);
        let mut bases = vec![path.join(&exercise.slug)];
        if is_the_exercise {
            bases.push(path.to_owned());
        }
        let tried: Vec<PathBuf> =
            bases.iter().flat_map(|base| candidates(base, &exercise.editable[0])).collect();
        match bases.iter().find_map(|base| Work::in_folder(exercise, path, base)) {
            Some(work) => works.push(work),
            None if selected.is_empty() => looked_for.extend(tried),
            None => {
                return Err(UsageError::ExerciseMissing {
                    exercise: exercise.slug.clone(),
                    looked_for: tried,
                });
            }
        }
    }
    if works.is_empty() {
        return Err(UsageError::NothingToGrade { path: path.to_owned(), looked_for });
    }
    Ok(works)
}

/// `src/lib.rs` may be handed in as that or as `lib.rs`.
fn candidates(base: &Path, editable: &Path) -> Vec<PathBuf> {
    let mut paths = vec![base.join(editable)];
    if let Ok(short) = editable.strip_prefix("src") {
        paths.push(base.join(short));
    }
    paths
}

impl Work {
    /// The work on an exercise that has a single file to hand in; `None` if it has more.
    pub fn from_file(exercise: &Exercise, path: &Path) -> Option<Self> {
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::single(exercise, At::Disk { base, path: path.to_owned() })
    }

    /// The same with the text of that file, which need not be on disk.
    pub fn from_text(exercise: &Exercise, text: String) -> Option<Self> {
        Self::single(exercise, At::Memory(text))
    }

    fn single(exercise: &Exercise, at: At) -> Option<Self> {
        let [name] = exercise.editable.as_slice() else { return None };
        let place = Place { name: name.clone(), at };
        Some(Self { exercise: exercise.slug.clone(), files: vec![place] })
    }

    /// The work in files that were found one by one: one for each that the exercise has to hand in, in its order.
    pub fn handed(exercise: &Exercise, files: Vec<Handed>) -> Self {
        let place = |(name, handed): (&PathBuf, Handed)| Place {
            name: name.clone(),
            at: match handed {
                Handed::File { base, path } => At::Disk { base, path },
                Handed::Bytes(bytes) => At::Bytes(bytes),
                Handed::Refused(why) => At::Refused(why),
            },
        };
        let files = exercise.editable.iter().zip(files).map(place).collect();
        Self { exercise: exercise.slug.clone(), files }
    }

    /// Work that cannot be taken, for what `why` says.
    pub fn refused(exercise: &Exercise, why: Diagnostic) -> Self {
        Self { exercise: exercise.slug.clone(), files: vec![Place::of(exercise, At::Refused(why))] }
    }

    /// Work that was not handed in. It is not started.
    pub fn missing(exercise: &Exercise, why: Diagnostic) -> Self {
        Self { exercise: exercise.slug.clone(), files: vec![Place::of(exercise, At::Missing(why))] }
    }

    /// Whether nothing was handed in.
    pub fn is_missing(&self) -> bool {
        self.files.iter().all(|place| matches!(place.at, At::Missing(_)))
    }

    /// The work in `base`, if the exercise's first file is there. `root` is what the user named.
    pub fn in_folder(exercise: &Exercise, root: &Path, base: &Path) -> Option<Self> {
        let exists = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
        candidates(base, exercise.editable.first()?).iter().find(|path| exists(path))?;
        let files = exercise.editable.iter().map(|name| {
            let paths = candidates(base, name);
            let path = paths.iter().find(|path| exists(path)).or(paths.first()).cloned();
            let path = path.unwrap_or_else(|| base.join(name));
            Place { name: name.clone(), at: At::Disk { base: root.to_owned(), path } }
        });
        Some(Self { exercise: exercise.slug.clone(), files: files.collect() })
    }

    /// Whether both are the same files on disk.
    fn is_same_place(&self, other: &Self) -> bool {
        let places = |work: &Self| work.files.iter().map(Place::on_disk).collect::<Vec<_>>();
        places(self) == places(other)
    }

    /// The exercise as it was before anyone worked on it; `None` where no copy of that is kept and this
    /// is the work in the exercise's own folder, which cannot be compared with itself.
    fn stub_to_compare(&self, exercise: &Exercise) -> Option<Self> {
        let pristine = exercise.pristine();
        Self::in_folder(exercise, &pristine, &pristine).or_else(|| {
            let own = Self::in_folder(exercise, &exercise.folder, &exercise.folder)?;
            (!own.is_same_place(self)).then_some(own)
        })
    }

    /// Whether `own`, which was [taken](Self::take) from here, is what nothing was done on yet, as far as the
    /// source alone says: comments and layout aside, it is the stub, and there is something to do in that.
    pub fn is_stub(&self, own: &[Source], exercise: &Exercise) -> bool {
        let Some(Ok(stub)) = self.stub_to_compare(exercise).map(|stub| stub.take()) else { return false };
        stub.iter().any(Source::has_todo)
            && stub.len() == own.len()
            && stub.iter().zip(own).all(|(stub, own)| stub.is_same_code(own))
    }

    /// Reads the files.
    ///
    /// # Errors
    /// What is wrong with the first file that cannot be taken, for the learner.
    pub fn take(&self) -> Result<Vec<Source>, Diagnostic> {
        self.files
            .iter()
            .map(|place| match place.take() {
                Ok(text) => Ok(Source::new(shown(&place.name), text)),
                // What is wrong with the whole submission belongs to no file of it.
                Err(error) if matches!(place.at, At::Refused(_) | At::Missing(_)) => Err(error),
                Err(error) => Err(error.in_file(shown(&place.name))),
            })
            .collect()
    }
}

/// A path inside an exercise as reports show it.
fn shown(name: &Path) -> String {
    name.to_string_lossy().replace('\\', "/")
}

impl Place {
    /// Where the exercise's first file should be.
    fn of(exercise: &Exercise, at: At) -> Self {
        Self { name: exercise.editable.first().cloned().unwrap_or_default(), at }
    }

    fn on_disk(&self) -> Option<PathBuf> {
        match &self.at {
            At::Disk { path, .. } => path.canonicalize().ok(),
            At::Memory(_) | At::Bytes(_) | At::Refused(_) | At::Missing(_) => None,
        }
    }

    fn take(&self) -> Result<String, Diagnostic> {
        let (base, path) = match &self.at {
            At::Disk { base, path } => (base, path),
            At::Memory(text) => return Ok(text.clone()),
            At::Bytes(bytes) => return within_limit(bytes.clone()).and_then(text),
            At::Refused(why) | At::Missing(why) => return Err(why.clone()),
        };
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                Diagnostic::error("the file is missing: hand it in together with the others")
            }
            _ => Diagnostic::error(format!("the file cannot be read: {error}")),
        };
        if let Some(link) = first_link(base, path) {
            let what =
                if link == *path { "the file is".to_owned() } else { format!("{} is", link.display()) };
            return Err(Diagnostic::error(format!("{what} a symbolic link: hand in the file itself")));
        }
        let file = opened::open(path).map_err(|refusal| match refusal {
            Refusal::Link => Diagnostic::error("the file is a symbolic link: hand in the file itself"),
            Refusal::Device => Diagnostic::error("this is a device or a pipe: it must be a regular file"),
            Refusal::Unreadable(error) => unreadable(error),
        })?;
        let kind = file.metadata().map_err(unreadable)?;
        if kind.is_dir() {
            return Err(Diagnostic::error("this is a folder: hand in the file with the Rust code"));
        }
        if !kind.is_file() {
            return Err(Diagnostic::error("this is a device or a pipe: it must be a regular file"));
        }
        // Another name for it may be one that only its owner can read.
        if opened::names(&kind) > 1 {
            return Err(Diagnostic::error("the file has another name, by a hard link: hand in a copy of it"));
        }
        let mut bytes = Vec::new();
        // The file may grow while it is read; the limit holds all the same.
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        text(within_limit(bytes)?)
    }
}

/// Why a file is not opened.
#[cfg_attr(not(unix), expect(dead_code, reason = "opening says no more there"))]
enum Refusal {
    Link,
    Device,
    Unreadable(io::Error),
}

/// The first symbolic link on the way from the submission's folder to the file.
fn first_link(base: &Path, path: &Path) -> Option<PathBuf> {
    let below = path.strip_prefix(base).ok()?;
    let mut link = base.to_owned();
    below.components().find_map(|component| {
        link.push(component);
        fs::symlink_metadata(&link).is_ok_and(|kind| kind.is_symlink()).then(|| link.clone())
    })
}

fn within_limit(bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES / 1024;
        return Err(Diagnostic::error(format!(
            "the file is larger than {limit} KiB: hand in the source alone"
        )));
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Diagnostic::error("the file is UTF-16: save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..offset];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        let message = format!("the file is not valid UTF-8 at byte {offset}: save it as UTF-8");
        Diagnostic::error(message).at(u32::try_from(line).unwrap_or(1), u32::try_from(column).unwrap_or(1))
    })?;
    if text.trim().is_empty() {
        return Err(Diagnostic::error("the file is empty: start from the exercise's own `src/lib.rs`"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
