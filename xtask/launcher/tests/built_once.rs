//! On a fresh machine nothing is compiled twice because of features that only tests, or only exercises, switch on.

#![expect(clippy::disallowed_methods, reason = "a test asks cargo as a user does")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The packages that are compiled, each with its features, of the packages that `selection` names.
fn compiled(selection: &[&str]) -> BTreeSet<String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("it is in a workspace");
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace)
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} {f}"])
        .args(selection)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    // What was listed before is marked.
    lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

fn assert_within(some: &BTreeSet<String>, all: &BTreeSet<String>, where_else: &str) {
    let other: Vec<_> = some.difference(all).collect();
    assert!(
        other.is_empty(),
        "compiled with other features for {where_else}; give them to the workspace's dependencies, or list the package among \
         those of the grader that are not called by name: {other:#?}"
    );
}

#[test]
fn tests_and_exercises_need_no_other_features_than_the_commands() {
    // As the launcher builds them.
    let commands = compiled(&["--edges", "normal,build", "--package", "xtask", "--package", "grader"]);
    let tests = compiled(&["--edges", "normal,build,dev"]);
    let everything = compiled(&["--edges", "normal,build,dev", "--workspace"]);
    assert!(commands.len() > 100 && tests.len() > commands.len() && everything.len() > tests.len());
    assert_within(&commands, &tests, "`cargo test`");
    assert_within(&tests, &everything, "the exercises");
}
