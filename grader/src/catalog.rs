//! Which exercises there are. Every folder under `exercises/` with a manifest is one; there is no list.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Fault, UsageError};
use crate::project::Project;
use crate::suggestion;
use crate::whole_file::BACKUP;

/// All exercises, in the order in which they are taught.
#[derive(Debug, Clone)]
pub struct Catalog {
    exercises: Vec<Exercise>,
}

/// What an exercise's manifest says about it.
#[derive(Debug, Clone)]
pub struct Exercise {
    /// The folder's name, which is the package's name too.
    pub slug: String,
    /// What a learner's progress is kept under: it stays when the exercise is renamed. The slug, where the manifest
    /// names none.
    pub id: String,
    pub title: String,
    /// One line.
    pub teaches: String,
    /// Where it is on the map of the course.
    pub topic: Option<String>,
    pub folder: PathBuf,
    /// The files that a learner edits and hands in, relative to [`folder`](Self::folder).
    pub editable: Vec<PathBuf>,
    /// Paths that it forbids, where there is no suite that says so.
    pub banned: Vec<String>,
    order: u32,
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    interleave: Option<Interleave>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interleave {
    order: u32,
    id: Option<String>,
    title: String,
    teaches: String,
    topic: Option<String>,
    editable: Vec<PathBuf>,
    #[serde(default)]
    banned: Vec<String>,
}

impl Catalog {
    /// Reads the manifests under `exercises/`.
    ///
    /// # Errors
    /// When a folder cannot be read or a manifest lacks what the grader needs.
    pub fn discover(project: &Project) -> Result<Self, Fault> {
        let folder = project.exercises();
        let io = |source| Fault::io("list the exercises in", &folder, source);
        let mut exercises = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.join("Cargo.toml").is_file() {
                exercises.push(Exercise::read(&path)?);
            }
        }
        exercises.sort_by(|a, b| (a.order, &a.slug).cmp(&(b.order, &b.slug)));
        Ok(Self { exercises })
    }

    pub fn exercises(&self) -> &[Exercise] {
        &self.exercises
    }

    /// The place of a new exercise: behind all others.
    pub(crate) fn next_order(&self) -> u32 {
        self.exercises.last().map_or(1, |last| last.order + 1)
    }

    pub fn slugs(&self) -> Vec<String> {
        self.exercises.iter().map(|exercise| exercise.slug.clone()).collect()
    }

    /// The exercise of that name.
    ///
    /// # Errors
    /// When there is none; the error suggests the nearest name.
    pub fn get(&self, slug: &str) -> Result<&Exercise, UsageError> {
        let slugs = self.exercises.iter().map(|exercise| exercise.slug.as_str());
        self.exercises.iter().find(|exercise| exercise.slug == slug).ok_or_else(|| {
            UsageError::UnknownExercise {
                name: slug.to_owned(),
                suggestion: suggestion::nearest(slug, slugs).map(str::to_owned),
                known: self.slugs(),
            }
        })
    }
}

impl Exercise {
    pub(crate) fn read(folder: &Path) -> Result<Self, Fault> {
        let file = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&file).map_err(|source| Fault::io("read", &file, source))?;
        let fault = |message: String| Fault::Catalog { file: file.clone(), message };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| fault(error.to_string()))?;
        let about = manifest
            .package
            .metadata
            .and_then(|metadata| metadata.interleave)
            .ok_or_else(|| fault("there is no table `package.metadata.interleave`".to_owned()))?;
        if folder.file_name().is_none_or(|name| name != manifest.package.name.as_str()) {
            return Err(fault(format!(
                "the package `{}` is not named after its folder",
                manifest.package.name
            )));
        }
        if about.editable.is_empty() {
            return Err(fault("`editable` names no file".to_owned()));
        }
        Ok(Self {
            id: about.id.unwrap_or_else(|| manifest.package.name.clone()),
            slug: manifest.package.name,
            title: about.title,
            teaches: about.teaches,
            topic: about.topic,
            folder: folder.to_owned(),
            editable: about.editable,
            banned: about.banned,
            order: about.order,
        })
    }

    /// Where the stub is kept as it was, because learners work in the exercise's own folder.
    pub fn pristine(&self) -> PathBuf {
        self.folder.join(".stub")
    }

    /// The files of the library that the exercise gives, relative to [`folder`](Self::folder): all of `src/`
    /// but its binary and what a learner edits.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub(crate) fn given(&self) -> Result<Vec<PathBuf>, Fault> {
        let mut given = Vec::new();
        let mut folders = vec![PathBuf::from("src")];
        while let Some(below) = folders.pop() {
            let folder = self.folder.join(&below);
            let io = |source| Fault::io("list", &folder, source);
            for entry in std::fs::read_dir(&folder).map_err(io)? {
                let entry = entry.map_err(io)?;
                let name = below.join(entry.file_name());
                if entry.path().is_dir() {
                    folders.push(name);
                } else if name != Path::new("src/main.rs")
                    && !self.editable.contains(&name)
                    && !entry.file_name().to_string_lossy().contains(BACKUP)
                {
                    given.push(name);
                }
            }
        }
        given.sort();
        Ok(given)
    }

    /// The name that Rust code uses for the exercise's crate.
    pub fn crate_name(&self) -> String {
        self.slug.replace('-', "_")
    }
}
