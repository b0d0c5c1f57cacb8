//! Classes of submissions that are judged without running anything, and how to grade them as an instructor does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub const EXERCISE: &str = "race-counter";

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// A class, and a folder for the results of runs over it.
pub struct Class {
    pub folder: TempDir,
    pub results: TempDir,
}

impl Class {
    /// Learners with these files, by their paths below the class.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            write(&folder.path().join("class").join(path), text);
        }
        Self { folder, results: tempfile::tempdir().expect("a folder") }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(["grade", "--class", "class", "-e", EXERCISE, "--results"])
            .arg(self.results.path().join("run"))
            .args(args)
            .current_dir(self.folder.path())
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the command runs")
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--format", "json"], args].concat());
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

pub fn stub() -> String {
    let folder = root().join("exercises").join(EXERCISE);
    let pristine = folder.join(".stub/src/lib.rs");
    let file = if pristine.is_file() { pristine } else { folder.join("src/lib.rs") };
    fs::read_to_string(file).expect("the stub")
}

pub const FORBIDDEN: &str = "unsafe fn f() {}";
pub const BROKEN: &str = "pub fn f() -> u32 { \"=2+5\" }";

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found.retain(|file| !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    found
}
