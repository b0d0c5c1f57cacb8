//! What somebody sees who types `cargo xtask`, with a cargo and commands that are scripts.

#![expect(clippy::disallowed_methods, reason = "a test runs what it tests as a user does")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// Held while programs are written and started: a process that is started in between would keep them open for
/// writing, and what is open for writing cannot be run.
static WRITING: Mutex<()> = Mutex::new(());

/// Launches with a cargo that runs `cargo`, and commands that print their arguments and end with 3.
fn launch(cargo: &str, args: &[&str]) -> Output {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a folder");
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
        path
    };
    let cargo = script("cargo", cargo);
    script("xtask", "printf '%s\\n' \"$CARGO_MANIFEST_DIR\" \"$@\"; exit 3");
    let launcher = folder.path().join("xtask-launcher");
    fs::copy(env!("CARGO_BIN_EXE_xtask-launcher"), &launcher).expect("a copy");
    Command::new(launcher).args(args).env("CARGO", cargo).output().expect("it runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn package() -> &'static str {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::to_str).expect("a folder")
}

#[test]
fn where_all_is_built_only_the_commands_are_heard() {
    let output = launch("echo '    Finished `dev` profile' >&2", &["grade", "a b", "--format", "json"]);
    assert_eq!(text(&output.stdout), format!("{}\ngrade\na b\n--format\njson\n", package()));
    assert_eq!((text(&output.stderr), output.status.code()), ("", Some(3)));
}

#[test]
fn what_is_built_is_shown_with_what_it_is_for_and_standard_output_stays_the_commands() {
    let cargo = "echo noise; echo '   Compiling a' >&2; echo '   Compiling b' >&2";
    let output = launch(cargo, &[]);
    assert_eq!(text(&output.stdout), format!("{}\n", package()));
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("Building the commands"), "{stderr}");
    assert!(stderr.ends_with("   Compiling a\n   Compiling b\n"), "{stderr}");
}

#[test]
fn a_quiet_run_hears_cargo_only_where_the_build_fails() {
    let builds = "echo '   Compiling a' >&2; echo '   Compiling b' >&2";
    for args in [&["grade", "--quiet"][..], &["-q", "list"], &["grade", "-qe", "lru-cache"]] {
        let output = launch(builds, args);
        assert_eq!((text(&output.stderr), output.status.code()), ("", Some(3)), "{args:?}");
    }
    for args in [&["grade", "-e", "quiet"][..], &["grade", "--", "-q"]] {
        let said = launch(builds, args).stderr;
        assert!(text(&said).contains("Compiling b"), "{args:?}: {}", text(&said));
    }
    let failed = launch(&format!("{builds}; exit 101"), &["--quiet"]);
    assert!(text(&failed.stderr).starts_with("   Compiling a\n   Compiling b\n"), "{}", text(&failed.stderr));
    assert_eq!(failed.status.code(), Some(70));
}

#[test]
fn cargo_is_asked_for_the_commands_of_this_project() {
    let output = launch("echo \"$@\" >&2; exit 1", &[]);
    let asked = format!("build --package xtask --package grader --manifest-path {}/Cargo.toml\n", package());
    assert!(text(&output.stderr).contains(&asked), "{}", text(&output.stderr));
}

#[test]
fn a_build_that_fails_is_shown_whole_and_runs_nothing() {
    let output = launch("echo 'error: no network' >&2; exit 101", &["grade"]);
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(70)));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("error: no network\n") && stderr.contains("do not build"), "{stderr}");
}
