//! A learner's desk: the exercises as stubs in a folder of their own, and the commands to work on them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::copy;
use assert_cmd::Command;
use tempfile::TempDir;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// How a command ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub struct Desk {
    folder: TempDir,
}

/// The exercises on the desk: some of the course, which may grow without these tests.
const EXERCISES: [&str; 6] =
    ["race-counter", "lru-cache", "producer-consumer", "connection-pool", "benchmark", "read-write-lock"];

impl Desk {
    /// Six exercises as they are handed out, with the hidden suites and the solutions of the project.
    pub fn new() -> Self {
        Self::with(&EXERCISES)
    }

    /// All exercises of the course, as on a fresh clone.
    pub fn whole() -> Self {
        let entries = fs::read_dir(root().join("exercises")).expect("the exercises");
        let slugs = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir());
        let slugs: Vec<String> =
            slugs.map(|entry| entry.file_name().into_string().expect("plain letters")).collect();
        Self::with(&slugs.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn with(exercises: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for slug in exercises {
            let own = Path::new("exercises").join(slug);
            copy(&root().join(&own), &folder.path().join(&own));
        }
        fs::create_dir(folder.path().join("grader")).expect("a folder");
        for name in ["grader/suites", "solutions"] {
            std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).expect("a link");
        }
        let desk = Self { folder };
        for slug in exercises {
            let stub = fs::read(desk.exercise(slug).join(".stub/src/lib.rs")).expect("the stub");
            fs::write(desk.file(slug), stub).expect("a file");
        }
        desk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn exercise(&self, slug: &str) -> PathBuf {
        self.path().join("exercises").join(slug)
    }

    /// The file that the learner edits.
    pub fn file(&self, slug: &str) -> PathBuf {
        self.exercise(slug).join("src/lib.rs")
    }

    pub fn write(&self, slug: &str, text: &str) {
        fs::write(self.file(slug), text).expect("a file");
    }

    /// Writes the reference solution, with some text replaced.
    pub fn solve(&self, slug: &str, changes: &[(&str, &str)]) {
        self.write(slug, &solution(slug, changes));
    }

    /// `cargo xtask` on this desk.
    pub fn xtask(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(self.path()).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
        command.env_remove("NO_COLOR").args(args).arg("--content").arg(self.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        let output = self.xtask(args).output().expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The reference solution, with some text replaced; all of it has to be there.
pub fn solution(slug: &str, changes: &[(&str, &str)]) -> String {
    let file = root().join("solutions").join(slug).join("src/lib.rs");
    let mut text = fs::read_to_string(file).expect("the solution");
    for (old, new) in changes {
        assert!(text.contains(old), "{old:?} in the solution of {slug}");
        text = text.replace(old, new);
    }
    text
}
