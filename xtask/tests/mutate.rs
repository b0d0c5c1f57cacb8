//! `cargo xtask calibrate --mutate`, on the small project that the grader's own tests use, and a few mutants of a real one.

use std::fs;
use std::path::Path;

use crate::folder::copy;
use assert_cmd::Command;
use tempfile::TempDir;

/// A copy of the small project.
struct Project(TempDir);

struct Ended {
    code: Option<i32>,
    stdout: String,
}

fn xtask(args: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).output().expect("xtask runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), stdout: text(output.stdout) + &text(output.stderr) }
}

impl Project {
    fn new() -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grader/tests/fixtures/project");
        let folder = tempfile::tempdir().expect("a folder");
        copy(&fixtures, folder.path());
        Self(folder)
    }

    /// Says in the suite that the mutants are right programs.
    fn judge(&self, mutants: &[&str]) {
        let text = format!("[[equivalent]]\nmutants = {mutants:?}\nreason = \"nothing is said about it\"\n");
        fs::write(self.0.path().join("grader/suites/tally/equivalent.toml"), text).expect("a file");
    }

    /// Grades the mutants of its solution in which a critical section is split.
    fn mutate(&self) -> Ended {
        let content = self.0.path().to_str().expect("text");
        let which = ["--base", "solution", "--operator", "section_split"];
        xtask(&[&["--content", content, "calibrate", "tally", "--mutate"], &which[..]].concat())
    }
}

#[test]
fn a_survivor_fails_until_it_is_judged_and_a_judgement_that_is_not_true_is_refused() {
    let project = Project::new();
    let Ended { code, stdout } = project.mutate();
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stdout.contains("+        drop(count); let mut count = self.count.lock().unwrap(); *count\n"),
        "{stdout}"
    );
    let survived = stdout.lines().find_map(|line| line.strip_prefix("tally survived: ")).expect("one");
    assert!(survived.starts_with("section_split@solution/Tally::add#"), "{survived}");

    project.judge(&[survived]);
    let Ended { code, stdout } = project.mutate();
    assert_eq!(code, Some(0), "{stdout}");
    assert!(
        stdout.contains("section_split                0         0           1             0"),
        "{stdout}"
    );

    project.judge(&[survived, "section_split@solution/Tally::gone#000000.1"]);
    let Ended { code, stdout } = project.mutate();
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stdout.contains("equivalent.toml:2: section_split@solution/Tally::gone#000000.1: no mutant"),
        "{stdout}"
    );
    assert!(!stdout.contains("killed"), "nothing was graded: {stdout}");
}

#[test]
fn a_sample_of_real_mutants_is_caught() {
    let Ended { code, stdout } =
        xtask(&["calibrate", "race-counter", "--mutate", "--base", "solution", "--sample", "4"]);
    assert_eq!(code, Some(0), "{stdout}");
    assert!(stdout.contains("\n  all "), "{stdout}");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    for args in [
        &["calibrate", "--mutate", "--full"][..],
        &["calibrate", "--mutate", "--operator", "no_such"],
        &["calibrate", "--mutate", "--base", "accepted"],
    ] {
        assert_eq!(xtask(args).code, Some(2), "{args:?}");
    }
}
