//! What is in `ci/` and what `cargo xtask bundle` writes, run as the platforms run it, and held against their schemas.

use crate::validators;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::classroom::{EXERCISE, FORBIDDEN, root, write};
use serde_json::Value;
use zip::ZipArchive;

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

/// Runs a platform's script in a folder, with the grader in place of an image's.
fn run(program: &Path, args: &[&str], folder: &Path, env: &[(&str, &str)]) -> Output {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("INTERLEAVE", XTASK)
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    output
}

fn report(file: &Path, schema: &str) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let schema = fs::read_to_string(root().join("grader/tests/formats").join(schema)).expect("a schema");
    let schema =
        jsonschema::draft202012::new(&serde_json::from_str(&schema).expect("JSON")).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    report
}

/// The names of a folder's entries.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn bundle(folder: &Path, args: &[&str]) -> Output {
    Command::new(XTASK)
        .args(["bundle", "gradescope", "-e", EXERCISE])
        .args(args)
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the command runs")
}

#[test]
fn an_autograder_of_gradescope_grades_whatever_is_uploaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let autograder = folder.path().join("autograder");
    write(&folder.path().join("rubric.toml"), "[exercise.race-counter]\nweight = 2\n");
    let bundled = bundle(folder.path(), &["--rubric", "rubric.toml"]);
    assert!(bundled.status.success(), "{}", String::from_utf8_lossy(&bundled.stderr));
    let again = bundle(folder.path(), &[]);
    assert_eq!(again.status.code(), Some(2), "nothing is overwritten");
    let archive = File::open(folder.path().join("autograder.zip")).expect("the bundle");
    let source = autograder.join("source");
    ZipArchive::new(archive).expect("a zip file").extract(&source).expect("it can be unpacked");
    assert_eq!(names(&source), ["interleave", "run_autograder", "setup.sh"]);
    let suites = source.join("interleave/grader/suites");
    assert_eq!(names(&suites), [EXERCISE]);
    assert!(!names(&suites.join(EXERCISE)).iter().any(|name| name == "mutants" || name == "accepted"));
    assert!(!source.join("interleave/solutions").exists());
    run(Path::new("bash"), &["-n", "setup.sh"], &source, &[]);

    // Gradescope puts it there, beside what setup.sh has built.
    fs::copy(source.join("run_autograder"), autograder.join("run_autograder")).expect("a copy");
    for script in ["setup.sh", "run_autograder"] {
        let mode = fs::metadata(source.join(script)).expect("a script").permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
    let built = source.join("interleave/target/debug/xtask");
    fs::create_dir_all(built.parent().expect("a folder")).expect("a folder");
    symlink(XTASK, &built).expect("a link");
    let root = autograder.to_string_lossy().into_owned();
    let env = [("AUTOGRADER_ROOT", root.as_str())];
    let submission = autograder.join("submission");
    let results = autograder.join("results/results.json");
    for (file, text, said) in
        [("lib.rs", FORBIDDEN, "`unsafe` is not allowed"), ("notes.txt", "later", "race-counter")]
    {
        let _ = fs::remove_dir_all(&submission);
        write(&submission.join(file), text);
        // By its interpreter: other tests start processes, and what one of them may still have open cannot be run.
        run(Path::new("bash"), &["autograder/run_autograder"], folder.path(), &env);
        let report = report(&results, "gradescope.schema.json");
        assert_eq!(report["score"], 0.0, "{report:#}");
        assert!(report.to_string().contains(said), "{report:#}");
    }
    assert_eq!(names(&autograder.join("results")), ["results.json"]);
}

#[test]
fn an_autograder_of_classroom_50_writes_its_result_beside_the_submission() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("race-counter/src/lib.rs"), FORBIDDEN);
    write(&folder.path().join(".git/config"), "");
    let script = root().join("ci/classroom50/autograder.py");
    let env =
        [("CLASSROOM", "cs101"), ("ASSIGNMENT", EXERCISE), ("OWNER", "ada"), ("SUBMISSION_TAG", "submit/1")];
    run(&script, &[], folder.path(), &env);
    let report = report(&folder.path().join("result.json"), "classroom50.schema.json");
    assert_eq!((&report["owner"], &report["score"]), (&Value::from("ada"), &Value::from(0)));
    let body = fs::read_to_string(folder.path().join("release-body.md")).expect("a body");
    assert!(body.contains("race-counter"), "{body}");
    // What cannot be graded is no result.
    fs::remove_file(folder.path().join("result.json")).expect("a file");
    let failed = Command::new(&script)
        .current_dir(folder.path())
        .envs([
            ("INTERLEAVE", XTASK),
            ("ASSIGNMENT", "no-such"),
            ("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR")),
        ])
        .output()
        .expect("it runs");
    assert_eq!(failed.status.code(), Some(2), "{}", String::from_utf8_lossy(&failed.stderr));
    assert!(!folder.path().join("result.json").exists());
}

#[test]
fn a_test_runner_of_exercism_ends_with_0_whatever_is_handed_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = root().join("ci/exercism/bin/run.sh");
    for (file, said) in [("src/lib.rs", "`unsafe` is not allowed"), ("notes.txt", "race-counter")] {
        let input = folder.path().join("input");
        let _ = fs::remove_dir_all(&input);
        write(&input.join(file), FORBIDDEN);
        run(&script, &[EXERCISE, "input/", "output"], folder.path(), &[]);
        let report = report(&folder.path().join("output/results.json"), "exercism.schema.json");
        assert_eq!((&report["version"], &report["status"]), (&Value::from(3), &Value::from("error")));
        assert!(report["message"].as_str().is_some_and(|message| message.contains(said)), "{report:#}");
    }
    assert_eq!(names(&folder.path().join("output")), ["results.json"]);
}

/// Without the small program that confines children, the grader does it itself: that works, but each check takes longer.
#[test]
fn whoever_builds_the_grader_builds_what_confines_children_with_it() {
    let files = [
        "ci/github/grade.yml",
        "ci/gitlab/interleave.gitlab-ci.yml",
        "ci/container/Dockerfile",
        "grader/src/learner/handout/gradescope/setup.sh",
    ];
    for file in files {
        let text = fs::read_to_string(root().join(file)).expect("a file");
        let builds: Vec<&str> = text.lines().filter(|line| line.contains("cargo build")).collect();
        assert!(!builds.is_empty(), "{file}");
        for build in builds {
            for package in ["--package xtask", "--package grader"] {
                assert!(build.contains(package), "{file}: {build}");
            }
        }
    }
    assert!(root().join("grader/src/bin/confined-child.rs").is_file(), "it is a program of that package");
}

#[test]
fn files_for_ci_follow_the_schemas_and_rules_of_those_who_read_them() {
    let ci = root().join("ci");
    if let Some(said) = validators::actionlint(&validators::files(&ci.join("github"), &["yml"])) {
        assert_eq!(said, "");
    }
    let gitlab = validators::files(&ci.join("gitlab"), &["yml"]);
    if let Some(errors) = validators::builtin_schema("vendor.gitlab-ci", &gitlab) {
        assert_eq!(errors, Vec::<String>::new());
        let folder = tempfile::tempdir().expect("a folder");
        let wrong = folder.path().join("wrong.yml");
        let text = fs::read_to_string(&gitlab[0]).expect("a file");
        fs::write(&wrong, text.replace("when: always", "when: sometimes")).expect("a file");
        let errors = validators::builtin_schema("vendor.gitlab-ci", &[wrong]).expect("the validator");
        assert!(!errors.is_empty(), "it would have said so");
    }
}
