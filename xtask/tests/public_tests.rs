//! The exercises' public tests: plain `#[test]` functions that cargo runs on real threads, and with
//! `--cfg model` in every interleaving. The reference solutions pass both ways.

use crate::folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the project").to_owned()
}

/// A crate of its own with the exercise's public tests, the library in `source`, and the modules that the
/// exercise gives. Cargo tells two of one name apart by their versions.
fn stage(slug: &str, version: &str, source: &Path) -> tempfile::TempDir {
    let exercise = project().join("exercises").join(slug);
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join("src")).expect("a folder");
    fs::create_dir_all(folder.path().join("tests")).expect("a folder");
    for entry in fs::read_dir(exercise.join("src")).expect("the exercise's sources") {
        let entry = entry.expect("an entry");
        if entry.file_name() != "main.rs" {
            fs::copy(entry.path(), folder.path().join("src").join(entry.file_name())).expect("a copy");
        }
    }
    fs::copy(source, folder.path().join("src/lib.rs")).expect("a copy");
    fs::copy(exercise.join("tests/public.rs"), folder.path().join("tests/public.rs")).expect("a copy");
    fs::copy(project().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a copy");
    let grader = project().join("grader");
    let manifest = format!(
        r#"
[package]
name = "{slug}"
version = "{version}"
edition = "2024"

[target.'cfg(model)'.dependencies]
std = {{ package = "model-std", path = {std:?} }}
core = {{ package = "model-core", path = {core:?} }}

[workspace]
"#,
        std = grader.join("model-std"),
        core = grader.join("model-core"),
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
    folder
}

fn cargo_test(folder: &Path, flags: &str, target: &str) -> Output {
    Command::new(env!("CARGO"))
        .args(["test", "--test", "public"])
        .current_dir(folder)
        .env("RUSTFLAGS", flags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", project().join("target/interleave").join(target))
        .output()
        .expect("cargo runs")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn exercises() -> Vec<String> {
    let entries = fs::read_dir(project().join("exercises")).expect("the exercises");
    let folders = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir());
    let mut slugs: Vec<String> =
        folders.map(|entry| entry.file_name().into_string().expect("a name")).collect();
    slugs.sort();
    slugs
}

#[test]
fn the_solutions_pass_the_public_tests_on_real_threads_and_in_every_interleaving() {
    let slugs = exercises();
    assert!(!slugs.is_empty());
    for slug in slugs {
        let solution = project().join("solutions").join(&slug).join("src/lib.rs");
        let folder = stage(&slug, "1.0.0", &solution);
        for (flags, target) in [("", "public"), ("--cfg model", "public-model")] {
            let output = cargo_test(folder.path(), flags, target);
            let text = text(&output);
            assert!(output.status.success(), "{slug} with `{flags}`:\n{text}");
            assert!(text.contains("test result: ok.") && !text.contains("running 0 tests"), "{text}");
        }
    }
}

/// The grader's way to run them: other crates are in reach there, whose implementations of `PartialEq` and the like can
/// leave a type open that is plain to cargo.
#[test]
fn check_accepts_every_solution() {
    let content = tempfile::tempdir().expect("a folder");
    let slugs = exercises();
    assert!(!slugs.is_empty());
    for slug in slugs {
        let own = Path::new("exercises").join(&slug);
        folder::copy(&project().join(&own), &content.path().join(&own));
        let solution = project().join("solutions").join(&slug).join("src/lib.rs");
        fs::copy(solution, content.path().join(&own).join("src/lib.rs")).expect("a copy");
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["check", &slug, "--content"])
            .arg(content.path())
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the command runs");
        assert_eq!(output.status.code(), Some(0), "{slug}: {}", text(&output));
    }
}

#[test]
fn a_lost_wake_up_that_real_threads_hardly_meet_is_shown_by_the_model() {
    let solution =
        fs::read_to_string(project().join("solutions/connection-pool/src/lib.rs")).expect("the solution");
    let silent = |line: &str| if line.contains(".notify_") { "();".to_owned() } else { line.to_owned() };
    let silent = solution.lines().map(silent).collect::<Vec<_>>().join("\n");
    assert_ne!(solution, silent, "the reference notifies somebody");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("lib.rs");
    fs::write(&source, silent).expect("a file");
    let folder = stage("connection-pool", "2.0.0", &source);
    let output = cargo_test(folder.path(), "--cfg model", "public-model");
    let text = text(&output);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("deadlock at tests/public.rs:"), "{text}");
    assert!(text.contains("waits for a notification of Condvar"), "{text}");
}

#[test]
fn ordinary_tests_run_through_the_model_whatever_their_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("lib.rs");
    let library = r#"
use std::cell::Cell;
thread_local! { static CALLS: Cell<u32> = const { Cell::new(0) }; }
pub fn calls() -> u32 { CALLS.set(CALLS.get() + 1); CALLS.get() }
"#;
    fs::write(&source, library).expect("a file");
    let folder = stage("connection-pool", "3.0.0", &source);
    let tests = r#"
use connection_pool::calls;
#[test]
fn thread_locals_belong_to_model_threads() {
    assert_eq!((calls(), std::thread::spawn(calls).join().unwrap(), calls()), (1, 1, 2));
}
#[test]
fn a_test_may_return_a_result() -> Result<(), std::num::ParseIntError> {
    "5".parse::<u32>().map(|number| assert_eq!(number, 5))
}
#[test]
#[should_panic(expected = "on purpose")]
fn a_test_may_panic() {
    panic!("on purpose")
}
"#;
    fs::write(folder.path().join("tests/public.rs"), tests).expect("a file");
    let output = cargo_test(folder.path(), "--cfg model", "public-model");
    let text = text(&output);
    assert!(output.status.success() && text.contains("3 passed"), "{text}");
}
