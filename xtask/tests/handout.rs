//! What students get: nothing of what is hidden is in it, and it is a whole project.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::desk::{Desk, root};
use crate::folder::files;

/// Long lines of prose and code, and any five lines in a row: what is found elsewhere was copied. A single import, the
/// list of derived traits, the signature of a trait of std's or a short line is anybody's.
fn pieces(text: &str) -> BTreeSet<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let begins = ["use ", "#[derive(", "fn fmt(&self, "];
    let anybodys = |line: &str| begins.iter().any(|begin| line.starts_with(begin));
    let long = lines.iter().filter(|line| line.len() >= 50 && !anybodys(line));
    let blocks = lines.windows(5).map(|block| block.join("\n")).filter(|block| block.len() >= 80);
    long.map(|line| (*line).to_owned()).chain(blocks).collect()
}

#[test]
fn nothing_of_a_suite_or_a_solution_is_handed_out() {
    let desk = Desk::new();
    // Somebody has solved one in place, and has kept another version.
    desk.solve("race-counter", &[]);
    desk.run(&["hint", "race-counter"]);
    fs::write(desk.exercise("race-counter").join("src/lib.rs.backup-1"), "mine").expect("a file");
    let folder = desk.path().join("course");
    let ended = desk.run(&["handout", "course", "--zip"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let handed_out = files(&folder);
    assert!(handed_out.len() > 200, "{}", handed_out.len());

    let names: Vec<String> = handed_out.iter().map(|(path, _)| path.display().to_string()).collect();
    for hidden in ["suites", "solutions", "mutants", "backup", "progress", "EXPLANATION"] {
        // The forms that a new exercise begins with are part of the program, and say nothing yet.
        let is_form = |name: &str| name.starts_with("grader/src/scaffold/template/");
        let leak =
            names.iter().find(|name| name.contains(hidden) && !name.ends_with(".rs") && !is_form(name));
        assert_eq!(leak, None, "{hidden}");
    }
    for name in ["exercises/race-counter/src/lib.rs", "grader/model-std/src/lib.rs", "xtask/src/main.rs"] {
        assert!(names.iter().any(|handed| handed == name), "{name}");
    }

    let secret: Vec<_> = [files(&root().join("grader/suites")), files(&root().join("solutions"))].concat();
    // What learners see anyway: signatures, the words of the tasks, and what every suite begins with.
    let forms = files(&root().join("grader/src/scaffold/template"));
    assert!(!forms.is_empty());
    let open = [files(&root().join("exercises")), forms].concat();
    let mut hidden: BTreeSet<String> = secret.iter().flat_map(|(_, text)| pieces(text)).collect();
    for (_, text) in &open {
        for piece in pieces(text) {
            hidden.remove(&piece);
        }
    }
    assert!(hidden.len() > 10_000, "{}", hidden.len());
    for (path, text) in &handed_out {
        let leak = pieces(text).into_iter().find(|piece| hidden.contains(piece));
        assert_eq!(leak, None, "{}", path.display());
    }
    let names = secret.iter().filter(|(path, _)| path.ends_with("suite.toml")).flat_map(|(_, text)| {
        text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
    });
    // Some contracts are public tests as well.
    let checks: Vec<&str> = names.filter(|name| !open.iter().any(|(_, text)| text.contains(*name))).collect();
    assert!(checks.len() > 300, "{}", checks.len());
    for check in checks {
        let leak = handed_out.iter().find(|(_, text)| text.contains(check));
        assert_eq!(leak.map(|(path, _)| path), None, "{check}");
    }
    // The stub comes from where it is kept.
    let stub = fs::read_to_string(desk.exercise("race-counter").join(".stub/src/lib.rs")).expect("the stub");
    assert_eq!(fs::read_to_string(folder.join("exercises/race-counter/src/lib.rs")).expect("a file"), stub);
    assert!(fs::metadata(desk.path().join("course.zip")).expect("the zip").len() > 100_000);
}

#[test]
fn only_the_exercises_that_are_named_are_handed_out_and_nothing_is_overwritten() {
    let desk = Desk::new();
    let ended = desk.run(&["handout", "course", "--exercises", "race-counter,read-write-lock"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let exercises = desk.path().join("course/exercises");
    let entries = fs::read_dir(&exercises).expect("the exercises").map(|entry| entry.expect("an entry"));
    let mut names: Vec<_> =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["race-counter", "read-write-lock"]);
    let manifest = fs::read_to_string(exercises.join("read-write-lock/Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("banned = [\"std::sync::RwLock\""), "{manifest}");
    let build = Command::new("cargo")
        .args(["build", "--offline", "--package", "xtask-launcher"])
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(desk.path().join("course"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success() && !said.contains("warning"), "{said}");
    let again = desk.run(&["handout", "course"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(2), ""));
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    assert_eq!(desk.run(&["handout", "other", "--exercises", "no-such"]).code, Some(2));
}
