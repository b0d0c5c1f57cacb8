//! `cargo xtask new`: a new exercise, and the list of what is left to write of it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::copy;
use assert_cmd::Command;
use tempfile::TempDir;

/// The small project that the grader's own tests use, in a folder of its own.
struct Course(TempDir);

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

impl Course {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("grader/tests/fixtures/project"), folder.path());
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn run(&self, args: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .current_dir(root())
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .args(args)
            .arg("--content")
            .arg(self.0.path())
            .output()
            .expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

#[test]
fn a_new_exercise_has_all_files_and_calibrate_lists_what_is_left_to_write() {
    let course = Course::new();
    let new = course.run(&["new", "ticket-lock"]);
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    for file in [
        "exercises/ticket-lock/Cargo.toml",
        "exercises/ticket-lock/README.md",
        "exercises/ticket-lock/src/lib.rs",
        "exercises/ticket-lock/.stub/src/lib.rs",
        "exercises/ticket-lock/src/main.rs",
        "exercises/ticket-lock/tests/public.rs",
        "exercises/ticket-lock/tests/contract.rs",
        "exercises/ticket-lock/hints/3.md",
        "solutions/ticket-lock/src/lib.rs",
        "solutions/ticket-lock/EXPLANATION.md",
        "grader/suites/ticket-lock/suite.toml",
        "grader/suites/ticket-lock/checks.rs",
        "grader/suites/ticket-lock/signature.rs",
        "grader/suites/ticket-lock/README.md",
    ] {
        assert!(course.path(file).is_file(), "{file}");
        assert!(new.stdout.contains(&format!("wrote {file}\n")), "{file}: {}", new.stdout);
        let text = fs::read_to_string(course.path(file)).expect("text");
        assert!(!text.contains("{{"), "{file} has a marker left:\n{text}");
    }
    let manifest = fs::read_to_string(course.path("exercises/ticket-lock/Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("order = 2\n"), "behind the other one: {manifest}");
    assert!(manifest.contains("[target.'cfg(model)'.dependencies]"), "{manifest}");

    let calibrated = course.run(&["calibrate", "ticket-lock"]);
    assert_eq!(calibrated.code, Some(1), "{}", calibrated.stderr);
    for line in [
        "exercises/ticket-lock/README.md:3: what it is good for",
        "exercises/ticket-lock/.stub/src/lib.rs:1: what is built here",
        "exercises/ticket-lock/hints/1.md:1: a nudge",
        "solutions/ticket-lock/src/lib.rs:1: what it is, and what protects what",
        "grader/suites/ticket-lock/suite.toml:6: the checks",
        "grader/suites/ticket-lock/mutants: there are no wrong submissions; `cargo xtask mutant record ticket-lock/NAME FILE`",
        "grader/suites/ticket-lock/accepted: there are no right submissions that look different",
    ] {
        assert!(calibrated.stdout.contains(line), "{line}\n{}", calibrated.stdout);
    }
    assert!(!calibrated.stdout.contains("passed"), "nothing was graded: {}", calibrated.stdout);
}

#[test]
fn the_files_of_a_new_exercise_are_a_stub_that_is_not_started_and_a_solution_that_is_accepted() {
    let course = Course::new();
    assert_eq!(course.run(&["new", "ticket-lock"]).code, Some(0));
    let stub = course.path("exercises/ticket-lock").display().to_string();
    let stub = course.run(&["grade", &stub, "-e", "ticket-lock"]);
    assert_eq!(stub.code, Some(1), "{}", stub.stderr);
    assert!(stub.stdout.contains("not started"), "{}", stub.stdout);
    let solution = course.path("solutions").display().to_string();
    let solution = course.run(&["grade", &solution, "-e", "ticket-lock"]);
    assert_eq!(solution.code, Some(0), "{}{}", solution.stdout, solution.stderr);
    assert!(solution.stdout.contains("100/100"), "{}", solution.stdout);
}

#[test]
fn what_is_missing_is_named_written_again_and_what_is_there_stays() {
    let course = Course::new();
    assert_eq!(course.run(&["new", "ticket-lock"]).code, Some(0));
    let written = course.path("exercises/ticket-lock/README.md");
    fs::write(&written, "# Mine\n").expect("a file");
    fs::remove_file(course.path("grader/suites/ticket-lock/signature.rs")).expect("it was there");
    let calibrated = course.run(&["calibrate", "ticket-lock"]);
    let cure =
        "grader/suites/ticket-lock/signature.rs: it is missing; `cargo xtask new ticket-lock` puts it there";
    assert!(calibrated.stdout.contains(cure), "{}", calibrated.stdout);
    let solutions = course.path("solutions").display().to_string();
    let graded = course.run(&["grade", &solutions, "-e", "ticket-lock"]);
    assert_eq!(graded.code, Some(70), "{}", graded.stdout);
    assert!(graded.stderr.contains("`cargo xtask new ticket-lock`"), "{}", graded.stderr);

    let again = course.run(&["new", "ticket-lock"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let wrote: Vec<&str> = again.stdout.lines().filter(|line| line.starts_with("wrote")).collect();
    assert_eq!(wrote, ["wrote grader/suites/ticket-lock/signature.rs"]);
    assert_eq!(fs::read_to_string(&written).expect("text"), "# Mine\n");

    let whole = course.run(&["new", "ticket-lock"]);
    assert_eq!(whole.code, Some(2), "{}", whole.stdout);
    assert!(whole.stderr.contains("`cargo xtask calibrate ticket-lock`"), "{}", whole.stderr);
}

#[test]
fn a_name_that_no_package_can_have_is_refused_and_writes_nothing() {
    let course = Course::new();
    for (name, reason) in [
        ("TicketLock", "lower-case words"),
        ("ticket_lock", "lower-case words"),
        ("ticket--lock", "lower-case words"),
        ("../ticket", "lower-case words"),
        ("2locks", "lower-case words"),
        ("loop", "keyword"),
        ("std", "another package"),
        ("grader", "another package"),
        ("model-std", "another package"),
    ] {
        let ended = course.run(&["new", name]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{name}");
        assert!(ended.stderr.contains(reason), "{name}: {}", ended.stderr);
    }
    let exercises = fs::read_dir(course.path("exercises")).expect("a folder").count();
    assert_eq!(exercises, 1, "nothing was written");
}
