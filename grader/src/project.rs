//! Where the project's own folders are.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::error::Fault;
use crate::interrupt::Interrupt;
use crate::process::{self, Job};

/// The workspace that the grader belongs to, and the exercises that it grades.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
    /// Where `exercises`, `solutions` and `grader/suites` are.
    content: PathBuf,
}

impl Project {
    /// The project at `root`. Cargo's build folder is asked for, so that every way of moving it counts.
    ///
    /// # Errors
    /// When cargo cannot be run or does not take `root` for a workspace.
    pub fn at(root: &Path) -> Result<Self, Fault> {
        let root =
            dunce::canonicalize(root).map_err(|source| Fault::io("open the project folder", root, source))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => root.join(folder),
            Some(_) | None => target_folder(&root)?,
        };
        Ok(Self { content: root.clone(), root, target })
    }

    /// The same grader with other exercises: those in `folder`, which is laid out like the project.
    pub fn with_content(self, folder: PathBuf) -> Self {
        Self { content: folder, ..self }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the exercises are, and what their learner's progress is kept beside.
    pub fn content(&self) -> &Path {
        &self.content
    }

    pub fn exercises(&self) -> PathBuf {
        self.content.join("exercises")
    }

    pub fn solution(&self, exercise: &str) -> PathBuf {
        self.content.join("solutions").join(exercise)
    }

    pub fn suite(&self, exercise: &str) -> PathBuf {
        self.content.join("grader").join("suites").join(exercise)
    }

    /// What the grader itself keeps between runs. Deleting it costs time, nothing else.
    pub fn cache(&self) -> PathBuf {
        self.target.join("interleave")
    }
}

fn target_folder(root: &Path) -> Result<PathBuf, Fault> {
    let program = "cargo";
    let job = Job::tool(program, &["metadata", "--no-deps", "--format-version", "1"], root);
    let finished = process::run(&job, &Interrupt::default()).map_err(|error| {
        error.into_fault(|source| Fault::NoToolchain { program: program.to_owned(), source })
    })?;
    match MetadataCommand::parse(String::from_utf8_lossy(&finished.stdout.bytes)) {
        Ok(metadata) => Ok(metadata.target_directory.into_std_path_buf()),
        Err(_) => Err(Fault::NotAProject {
            root: root.to_owned(),
            output: String::from_utf8_lossy(&finished.stderr.bytes).trim().to_owned(),
        }),
    }
}
