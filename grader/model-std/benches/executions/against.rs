//! The same benchmark, built with the explorer of another commit.

use real::env;
use real::fs;
use real::path::{Path, PathBuf};
use real::process::{Command, Stdio};

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the benchmark with the explorer of `commit`, in a clone of its own, and returns the program.
///
/// # Panics
/// If it cannot be built, as its public interface is another one.
pub fn build(commit: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("model-std-{}", commit.replace('/', "-")));
    if !folder.is_dir() {
        run(Command::new("git")
            .args(["clone", "--quiet", "--shared", "--no-checkout"])
            .arg(root())
            .arg(&folder));
    }
    run(Command::new("git").arg("-C").arg(&folder).args(["checkout", "--quiet", "--force", commit]));
    for path in ["grader/model-std/benches", "solutions"] {
        let _ = fs::remove_dir_all(folder.join(path));
        copy(&root().join(path), &folder.join(path));
    }
    let target = folder.join("target");
    run(Command::new(env!("CARGO"))
        .args(["bench", "--quiet", "--package", "model-std", "--bench", "executions", "--no-run"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(&folder));
    let programs = fs::read_dir(target.join("release/deps")).expect("it was built");
    let paths = programs.map(|entry| entry.expect("an entry").path());
    let is_program = |path: &PathBuf| {
        path.extension().is_none()
            && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("executions-"))
    };
    let age =
        |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).expect("a file has a time");
    paths.filter(is_program).max_by_key(age).expect("a program was built")
}

/// What a program prints.
///
/// # Panics
/// If it fails.
pub fn output(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().expect("it runs");
    assert!(output.status.success(), "{}: {}", program.display(), output.status);
    String::from_utf8(output.stdout).expect("text in UTF-8")
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("an entry");
        if entry.is_dir() {
            copy(&entry, &to.join(name));
        } else {
            fs::copy(&entry, to.join(name)).expect("a file can be copied");
        }
    }
}
