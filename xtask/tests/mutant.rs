//! `cargo xtask mutant`, on a copy of the small project that the grader's own tests use.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::copy;
use assert_cmd::Command;
use tempfile::TempDir;

const LOCK_TWICE: &str = "grader/suites/tally/mutants/lock_twice.diff";
const SOLUTION: &str = "solutions/tally/src/lib.rs";

/// A copy of the small project in a git repository of its own.
struct Project(TempDir);

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Project {
    fn new() -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grader/tests/fixtures/project");
        let folder = tempfile::tempdir().expect("a folder");
        copy(&fixtures, folder.path());
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("a file")
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).expect("a file");
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{text}");
        self.write(file, &text.replace(from, to));
    }

    fn commit(&self) {
        let git = |args: &[&str]| {
            Command::new("git").current_dir(self.0.path()).args(args).assert().success();
        };
        git(&["init", "--quiet"]);
        git(&["add", "--all"]);
        let somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];
        git(&[&somebody[..], &["commit", "--quiet", "--message", "A version"]].concat());
    }

    fn mutant(&self, args: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .current_dir(self.0.path())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .arg("mutant")
            .args(args)
            .output()
            .expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The program of a mutant, which must fit its base.
    fn show(&self, mutant: &str) -> String {
        let shown = self.mutant(&["show", mutant]);
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        shown.stdout
    }
}

#[test]
fn show_prints_the_program_that_is_graded_or_the_change() {
    let project = Project::new();
    let program = project.show("tally/lock_twice");
    let header: String = project.read(LOCK_TWICE).lines().take(3).map(|line| format!("{line}\n")).collect();
    let (_, body) =
        project.read(SOLUTION).split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("lines");
    let body = body.replace(
        "        let mut count = self.count.lock().unwrap();\n        *count += STEP;\n        *count\n",
        "        let seen = *self.count.lock().unwrap();\n        *self.count.lock().unwrap() = seen + STEP;\n        seen + STEP\n",
    );
    assert_eq!(program, header + &body);

    let change = project.mutant(&["show", "tally/lock_twice", "--diff"]).stdout;
    assert!(change.starts_with("--- solutions/tally/src/lib.rs\n+++ lock_twice\n@@ "), "{change}");
    assert!(change.contains("\n-        *count += STEP;\n") && !change.contains('\u{1b}'), "{change}");
    let coloured = project.mutant(&["show", "tally/lock_twice", "--diff", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[31m-        *count += STEP;"), "{coloured}");

    assert_eq!(
        project.show("tally/counts_by_thread"),
        project.read("grader/suites/tally/mutants/counts_by_thread.rs")
    );
    for (args, reason) in [
        (&["show", "tally/counts_by_thread", "--diff"][..], "is a program of its own"),
        (&["show", "tally/lock_twise"], "did you mean `tally/lock_twice`?"),
        (&["show", "tolly/lock_twice"], "did you mean `tally`?"),
        (&["show", "lock_twice"], "write EXERCISE/NAME"),
    ] {
        let shown = project.mutant(args);
        assert_eq!((shown.code, shown.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(shown.stderr.contains(reason), "{args:?}: {}", shown.stderr);
    }
}

const HALVES: &str = "//! Mutant: loads and stores.
//! Caught by: together::no_call_is_lost (model)
//! Diagnosis: lost_update
";

/// The atomic program that is accepted, with its addition in two halves.
fn in_halves(project: &Project) -> String {
    let right = project.read("grader/suites/tally/accepted/one_atomic.rs");
    let (_, body) = right.split_once('\n').expect("lines");
    let call = "self.0.fetch_add(STEP, Ordering::Relaxed) + STEP";
    assert!(body.contains(call), "{body}");
    let halves = "let seen = self.0.load(Ordering::Relaxed);\n        self.0.store(seen + STEP, Ordering::Relaxed);\n        seen + STEP";
    format!("{HALVES}{}", body.replace(call, halves))
}

#[test]
fn record_stores_a_program_as_a_change_of_the_nearest_correct_one() {
    let project = Project::new();
    let program = in_halves(&project);
    project.write("mine.rs", &program);
    let recorded = project.mutant(&["record", "tally/halves", "mine.rs"]);
    assert_eq!(recorded.code, Some(0), "{}", recorded.stderr);
    assert_eq!(
        recorded.stdout,
        "grader/suites/tally/mutants/halves.diff: 4 lines removed from or added to accepted/one_atomic\n"
    );
    let stored = project.read("grader/suites/tally/mutants/halves.diff");
    assert!(stored.starts_with(&format!("{HALVES}//! Base: accepted/one_atomic\n@@ -")), "{stored}");
    assert_eq!(project.show("tally/halves"), program);

    let again = project.mutant(&["record", "tally/halves", "mine.rs"]);
    assert_eq!(again.code, Some(2));
    assert!(
        again.stderr.contains("halves.diff already") && again.stderr.contains("--force"),
        "{}",
        again.stderr
    );
    let whole = program.replacen(
        "//! Diagnosis: lost_update\n",
        "//! Diagnosis: lost_update\n//! Whole: for this test.\n",
        1,
    );
    project.write("whole.rs", &whole);
    let replaced = project.mutant(&["record", "tally/halves", "whole.rs", "--force"]);
    assert_eq!(replaced.code, Some(0), "{}", replaced.stderr);
    assert!(!project.path("grader/suites/tally/mutants/halves.diff").exists(), "it is there once");
    assert_eq!(project.show("tally/halves"), whole);
}

#[test]
fn what_cannot_be_recorded_is_refused_and_nothing_is_written() {
    let project = Project::new();
    let (right, halves) = (project.read(SOLUTION), in_halves(&project));
    let header = |text: &str| format!("{HALVES}{text}");
    let (_, body) = right.split_once('\n').expect("lines");
    for (text, rest, reason) in [
        (header(body), &[][..], "is the same program as `solution`, which is correct"),
        (header("\nfn main() {}\n"), &[], "this is not a small change to `accepted/one_atomic`"),
        (halves.clone(), &["--base", "solution"], "this is not a small change to `solution`"),
        (
            halves.clone(),
            &["--base", "accepted/gone"],
            "its correct programs are solution, accepted/one_atomic",
        ),
        (halves.clone(), &["--base", "one_atomic"], "a base is `solution` or `accepted/NAME`"),
        (
            halves.replace(": lost_update", ": lost_update\n//! Whole: so"),
            &["--base", "solution"],
            "mine.rs:4: what is stored whole has no base",
        ),
        (right.clone(), &[], "mine.rs:1: a mutant says in its header `//! Mutant: what is wrong`"),
        (halves.replace("(model)", "(loom)"), &[], "mine.rs:2: the suite has no check"),
        (halves.replace("lost_update", "bad_luck"), &[], "mine.rs:3: there is no diagnosis `bad_luck`"),
    ] {
        project.write("mine.rs", &text);
        let refused = project.mutant(&[&["record", "tally/halves", "mine.rs"], rest].concat());
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{rest:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(reason), "{reason}: {}", refused.stderr);
    }
    project.write("mine.rs", &halves);
    let names = ["tally/Halves", "tally/in/halves", "tally/../halves"];
    assert!(names.iter().all(|name| project.mutant(&["record", name, "mine.rs"]).code == Some(2)));
    assert_eq!(project.mutant(&["record", "tally/halves", "gone.rs"]).code, Some(2));
    let mutants = fs::read_dir(project.path("grader/suites/tally/mutants")).expect("a folder");
    assert_eq!(mutants.count(), 2, "nothing was written");
}

#[test]
fn rebase_adapts_mutants_to_a_base_that_has_changed() {
    let project = Project::new();
    project.commit();
    let (before, fits) = (project.read(LOCK_TWICE), project.mutant(&["rebase"]));
    assert_eq!((fits.code, fits.stdout.as_str()), (Some(0), "2 up to date, 0 rebased, 0 left unchanged\n"));
    assert_eq!(project.read(LOCK_TWICE), before);

    project.replace(SOLUTION, "/// Counts calls.\n", "/// Counts calls,\n/// one by one.\n");
    let misfit = project.mutant(&["show", "tally/lock_twice"]);
    assert_eq!(misfit.code, Some(70));
    assert!(misfit.stderr.contains("lock_twice.diff:6: the change does not fit "), "{}", misfit.stderr);
    assert!(misfit.stderr.contains("`cargo xtask mutant rebase tally`"), "{}", misfit.stderr);
    // Also from a version that is not the newest one.
    project.commit();
    let carried = project.mutant(&["rebase", "tally"]);
    let expected = format!("{LOCK_TWICE}: rebased\n1 up to date, 1 rebased, 0 left unchanged\n");
    assert_eq!((carried.code, carried.stdout), (Some(0), expected), "{}", carried.stderr);
    let program = project.show("tally/lock_twice");
    assert!(program.contains("/// one by one.\n") && program.contains("        seen + STEP\n"), "{program}");
    assert!(program.starts_with("//! Mutant: "), "{program}");
}

#[test]
fn a_conflict_is_shown_with_file_and_line_and_left_to_be_resolved() {
    let project = Project::new();
    project.commit();
    let before = project.read(LOCK_TWICE);
    project.replace(SOLUTION, "        *count += STEP;\n", "        *count = *count + STEP;\n");
    let conflict = project.mutant(&["rebase"]);
    assert_eq!(conflict.code, Some(1), "{}", conflict.stderr);
    let line = format!("{LOCK_TWICE}:5: conflict: the base has changed in the same place\n");
    assert!(conflict.stdout.starts_with(&line), "{}", conflict.stdout);
    assert!(conflict.stdout.ends_with("1 up to date, 0 rebased, 1 left unchanged\n"), "{}", conflict.stdout);
    assert_eq!(project.read(LOCK_TWICE), before);

    let merged = "target/interleave/conflicts/tally/lock_twice.rs";
    let both = project.read(merged);
    let (sides, end) = (both.find("<<<<<<<").expect("a conflict"), both.find(">>>>>>>").expect("its end"));
    let end = end + both[end..].find('\n').expect("a line") + 1;
    let resolved = "        let seen = *self.count.lock().unwrap();\n        *self.count.lock().unwrap() = seen + STEP;\n        seen + STEP\n";
    project.write(merged, &format!("{}{resolved}{}", &both[..sides], &both[end..]));
    let command = format!("cargo xtask mutant record tally/lock_twice {merged} --force");
    assert!(conflict.stdout.contains(&command), "{}", conflict.stdout);
    let recorded = project.mutant(&["record", "tally/lock_twice", merged, "--force"]);
    assert_eq!(recorded.code, Some(0), "{}", recorded.stderr);
    assert!(project.read(LOCK_TWICE).contains("\n-        *count = *count + STEP;\n"));
    assert_eq!(project.mutant(&["rebase"]).code, Some(0));
}

#[test]
fn a_mutant_without_a_version_that_it_fits_is_left() {
    let project = Project::new();
    project.replace(SOLUTION, "/// Counts calls.\n", "/// Counts calls,\n/// one by one.\n");
    let left = project.mutant(&["rebase"]);
    let expected = format!(
        "{LOCK_TWICE}: it fits no committed version of its base; record the whole program again\n1 up to date, 0 rebased, 1 left unchanged\n"
    );
    assert_eq!((left.code, left.stdout), (Some(1), expected));
}
