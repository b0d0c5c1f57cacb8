//! What a class is handed out: the exercises as stubs with their public tests and hints, the model layer and the
//! commands. Hidden suites, solutions, and the project's own tests stay behind.
//!
//! Only what is named here is copied, so that a new folder of the project is not handed out by accident. The stubs
//! come from where they are kept, not from the folders in which somebody may have solved them.

mod bundle;
mod manifest;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault, UsageError};
use crate::new_folder;
use crate::project::Project;
use crate::suite::Suite;
use crate::whole_file::BACKUP;

pub use bundle::Bundle;

/// Files and folders that are copied as they are.
const AS_THEY_ARE: [&str; 11] = [
    ".cargo",
    ".devcontainer",
    ".gitignore",
    ".vscode",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "clippy.toml",
    "exercises/clippy.toml",
    "exercises/course.toml",
    "rustfmt.toml",
];

/// The packages that the commands are built from: their manifests, without what only tests need, and their sources.
const PACKAGES: [&str; 8] = [
    "grader",
    "grader/harness",
    "grader/model-core",
    "grader/model-std",
    "grader/model-std/macros",
    "grader/model-trace",
    "xtask",
    "xtask/launcher",
];

/// What an exercise consists of, but for its sources.
const OF_AN_EXERCISE: [&str; 4] = ["README.md", "hints", "tests", ".stub"];

const README: &str = include_str!("README.md");

/// A copy in memory: what goes where.
#[derive(Debug, Default)]
pub struct Handout {
    /// Paths with `/` between their parts, in order.
    files: Vec<(String, Vec<u8>)>,
}

impl Handout {
    /// Gathers the handout with these exercises, or with all.
    ///
    /// # Errors
    /// When there is no such exercise, or a file of the project cannot be read.
    pub fn gather(project: &Project, catalog: &Catalog, wanted: &[String]) -> Result<Self, Error> {
        let exercises: Vec<&Exercise> = match wanted {
            [] => catalog.exercises().iter().collect(),
            wanted => wanted.iter().map(|slug| catalog.get(slug)).collect::<Result<_, _>>()?,
        };
        let mut handout = Self::default();
        for name in AS_THEY_ARE {
            handout.add_tree(&project.root().join(name), name)?;
        }
        let mut manifests = Vec::new();
        for package in PACKAGES {
            let folder = project.root().join(package);
            let slim = manifest::package(&read_text(&folder.join("Cargo.toml"))?)?;
            manifests.push(slim.clone());
            handout.add(format!("{package}/Cargo.toml"), slim);
            handout.add_tree(&folder.join("src"), &format!("{package}/src"))?;
        }
        let whole = read_text(&project.root().join("Cargo.toml"))?;
        handout.add("Cargo.toml", manifest::workspace(&whole, &manifests)?);
        for exercise in &exercises {
            handout.add_exercise(project, exercise)?;
        }
        let list: String = exercises
            .iter()
            .map(|exercise| format!("- `{}`: {}\n", exercise.slug, exercise.teaches))
            .collect();
        handout.add("README.md", README.replace("{exercises}\n", &list));
        handout.files.sort();
        Ok(handout)
    }

    /// The names of its files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// Writes it into a new or empty folder.
    ///
    /// # Errors
    /// When the folder has something in it, or cannot be written to.
    pub fn write_folder(&self, folder: &Path) -> Result<(), Error> {
        new_folder::write(folder, self.files.iter().map(|(name, bytes)| (name, bytes)))
    }

    /// Writes it as a zip file that unpacks into a folder called `top`.
    ///
    /// # Errors
    /// When there is a file of that name, or it cannot be written.
    pub fn write_zip(&self, path: &Path, top: &str) -> Result<(), Error> {
        zipped(
            path,
            self.files.iter().map(|(name, bytes)| (format!("{top}/{name}"), bytes.as_slice(), false)),
        )
    }

    fn add_exercise(&mut self, project: &Project, exercise: &Exercise) -> Result<(), Error> {
        let (slug, folder) = (&exercise.slug, &exercise.folder);
        let hidden = project.suite(slug);
        let banned = if hidden.is_dir() { Suite::load(&hidden)?.banned } else { exercise.banned.clone() };
        let own = manifest::exercise(&read_text(&folder.join("Cargo.toml"))?, &banned);
        self.add(format!("exercises/{slug}/Cargo.toml"), own);
        for name in OF_AN_EXERCISE {
            self.add_tree(&folder.join(name), &format!("exercises/{slug}/{name}"))?;
        }
        let given = exercise.given()?.into_iter().chain([PathBuf::from("src/main.rs")]);
        for name in given.filter(|name| folder.join(name).is_file()) {
            self.add_file(&folder.join(&name), &format!("exercises/{slug}/{}", slashed(&name)))?;
        }
        for name in &exercise.editable {
            self.add_file(&exercise.pristine().join(name), &format!("exercises/{slug}/{}", slashed(name)))?;
        }
        Ok(())
    }

    fn add(&mut self, name: impl Into<String>, text: impl Into<Vec<u8>>) {
        self.files.push((name.into(), text.into()));
    }

    fn add_file(&mut self, path: &Path, name: &str) -> Result<(), Fault> {
        let bytes = fs::read(path).map_err(|source| Fault::io("read", path, source))?;
        self.add(name, bytes);
        Ok(())
    }

    /// Adds a file, or all files below a folder; nothing where there is neither. Links are not followed.
    fn add_tree(&mut self, path: &Path, name: &str) -> Result<(), Fault> {
        let Ok(kind) = fs::symlink_metadata(path) else { return Ok(()) };
        if kind.is_file() {
            return self.add_file(path, name);
        }
        if !kind.is_dir() {
            return Ok(());
        }
        let io = |source| Fault::io("list", path, source);
        for entry in fs::read_dir(path).map_err(io)? {
            let entry = entry.map_err(io)?;
            let own = entry.file_name().to_string_lossy().into_owned();
            // Tests of the project quote what they test, and are of no use here.
            let is_own_test =
                name.contains("/src") && (own == "tests" || own == "tests.rs" || own == "snapshots");
            if !own.contains(BACKUP) && !is_own_test {
                self.add_tree(&entry.path(), &format!("{name}/{own}"))?;
            }
        }
        Ok(())
    }
}

/// Writes a new zip file: names, contents, and whether each is a program.
fn zipped<'a>(path: &Path, files: impl Iterator<Item = (String, &'a [u8], bool)>) -> Result<(), Error> {
    let write = || -> io::Result<()> {
        let mut archive = ZipWriter::new(File::create_new(path)?);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes, is_program) in files {
            let options = if is_program { options.unix_permissions(0o755) } else { options };
            archive.start_file(name, options).map_err(io::Error::other)?;
            archive.write_all(bytes)?;
        }
        archive.finish().map_err(io::Error::other)?.sync_all()
    };
    write().map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => UsageError::NotEmpty { path: path.to_owned() }.into(),
        _ => Fault::io("write", path, source).into(),
    })
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn read_text(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|source| Fault::io("read", path, source))
}
