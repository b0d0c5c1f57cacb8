//! The commands as a user types them: what they print, what they write, and how they end.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// `cargo xtask` in `folder`.
fn xtask(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
}

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, args: &[&str]) -> Ended {
    let output = xtask(folder).args(args).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn folder_with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn solution() -> Vec<u8> {
    fs::read(root().join("solutions/race-counter/src/lib.rs")).expect("the solution")
}

/// What is printed, without durations: they differ from run to run.
macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({ filters => vec![
            (r"\d+\.\d s\n", "[seconds]\n"),
            (r"xtask(\.exe)? ", "xtask "),
        ] }, { insta::assert_snapshot!($text) });
    };
}

fn json(text: &str) -> Value {
    let schema = fs::read_to_string(root().join("grader/report.schema.json")).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let report: Value = serde_json::from_str(text).expect("JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    report
}

#[test]
fn a_right_submission_is_accepted_and_ends_with_0() {
    let folder = folder_with(&[("race-counter/lib.rs", &solution())]);
    let ended =
        run(folder.path(), &["grade", ".", "--format", "json", "--format", "text", "--output", "report.txt"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let report = json(&ended.stdout);
    assert_eq!(report["exercises"][0]["verdict"], "accepted");
    assert_eq!((&report["points"], &report["max_points"]), (&Value::from(100), &Value::from(100)));
    let text = fs::read_to_string(folder.path().join("report.txt")).expect("a report");
    assert!(text.contains("race-counter  accepted") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "no temporary file is left");
}

#[test]
fn how_a_check_passes_is_shown_on_request() {
    let folder = folder_with(&[("race-counter/lib.rs", &solution())]);
    let report = ["--format", "json", "--output", "report.json"];
    let ended = run(
        folder.path(),
        &[&["grade", ".", "--show", "locked::two_threads", "--format", "text"], &report[..]].concat(),
    );
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let report = json(&fs::read_to_string(folder.path().join("report.json")).expect("a report"));
    let checks = report["exercises"][0]["checks"].as_array().expect("checks");
    let (shown, others): (Vec<&Value>, Vec<&Value>) =
        checks.iter().partition(|check| check.get("example").is_some());
    assert!(
        shown.iter().all(|check| check["name"].to_string().contains("locked::two_threads")),
        "{shown:#?}"
    );
    assert!(!shown.is_empty() && !others.is_empty());
    let example = &shown[0]["example"];
    let steps = example["trace"].as_array().expect("a trace");
    let threads: Vec<&Value> = steps.iter().map(|step| &step["thread"]).collect();
    assert!(threads.windows(2).filter(|pair| pair[0] != pair[1]).count() > 2, "the threads take turns");
    assert!(steps.iter().any(|step| step["source"].to_string().contains("lock()")), "{example:#}");
    assert!(ended.stdout.contains("One of the ways in which it passes"), "{}", ended.stdout);
    let token = example["token"].as_str().expect("a token");
    let again = run(&root(), &["replay", token, "solutions"]);
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    let unknown = run(folder.path(), &["grade", ".", "--show", "three_hundred_threads"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(2), ""));
    assert!(unknown.stderr.contains("locked::two_threads"), "{}", unknown.stderr);
}

#[test]
fn the_stubs_are_not_started_and_end_with_1() {
    let stub = fs::read(root().join("exercises/race-counter/src/lib.rs")).expect("the stub");
    let folder = folder_with(&[("race-counter/src/lib.rs", &stub)]);
    let ended = run(folder.path(), &["grade", "."]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    snapshot!(ended.stdout);
}

#[test]
fn a_forbidden_word_is_shown_with_its_place_and_remedy() {
    let folder = folder_with(&[("mine.rs", b"pub fn f() {\n    unsafe { std::process::abort() }\n}\n")]);
    let ended = run(folder.path(), &["grade", "mine.rs", "-e", "race-counter"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    snapshot!(ended.stdout);
}

#[test]
fn a_syntax_error_is_shown_as_rustc_shows_it() {
    let folder = folder_with(&[("race-counter/src/lib.rs", b"pub fn f() {\n    let x = ;\n}\n")]);
    let ended = run(folder.path(), &["grade", "."]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    snapshot!(ended.stdout);
}

#[test]
fn files_that_cannot_be_taken_are_the_learners_to_mend() {
    for (bytes, message) in [
        (&b""[..], "the file is empty"),
        (&b"// \xff"[..], "the file is not valid UTF-8 at byte 3"),
        (&[b' '; 300 * 1024][..], "larger than 256 KiB"),
    ] {
        let folder = folder_with(&[("race-counter/src/lib.rs", bytes)]);
        let ended = run(folder.path(), &["grade", "."]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stdout.contains(message) && ended.stdout.contains("src/lib.rs"), "{}", ended.stdout);
    }
    let folder = folder_with(&[("race-counter/src/lib.rs/file", b"")]);
    let ended = run(folder.path(), &["grade", ".", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let report = json(&ended.stdout);
    assert_eq!(report["exercises"][0]["verdict"], "compile_error");
    assert_eq!(report["exercises"][0]["diagnostics"][0]["file"], "src/lib.rs");
}

#[test]
fn what_does_not_exist_is_wrong_usage_and_writes_no_report() {
    let folder = folder_with(&[("notes.txt", b""), ("mine.rs", b"fn f() {}")]);
    for args in [
        &["grade", "gone"][..],
        &["grade", "."],
        &["grade", ".", "-e", "race-counter"],
        &["grade", "mine.rs"],
        &["grade", "notes.txt", "-e", "race-counter"],
        &["grade", "mine.rs", "-e", "race-conuter"],
        &["calibrate", "race-conuter"],
        &["grade", ".", "--format", "json", "--format", "text"],
        &["grade", ".", "--output", "a", "--output", "b"],
        &["grade", ".", "--format", "yaml"],
        &["grade", ".", "--jobs", "0"],
        &["grade", "--no-such-flag"],
        &["no-such-command"],
    ] {
        let mut args = args.to_vec();
        if args[0] == "grade" && !args.contains(&"--format") && !args.contains(&"--output") {
            args.extend(["--format", "json", "--output", "report.json"]);
        }
        let ended = run(folder.path(), &args);
        assert_eq!(ended.code, Some(2), "{args:?}: {}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.stdout, "", "{args:?}");
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing was written");
}

#[test]
fn an_unknown_exercise_comes_with_a_suggestion() {
    let ended = run(&root(), &["grade", "solutions", "-e", "race-conuter"]);
    snapshot!(ended.stderr);
}

#[test]
fn an_empty_folder_is_told_what_was_looked_for() {
    let folder = folder_with(&[("work/notes.txt", b"")]);
    let ended = run(folder.path(), &["grade", "work", "-e", "race-counter"]);
    snapshot!(ended.stderr);
}

#[test]
fn a_report_that_cannot_be_written_is_the_graders_failure() {
    let folder = folder_with(&[("race-counter/src/lib.rs", b"pub fn f( {")]);
    let ended = run(folder.path(), &["grade", ".", "--output", "no/such/folder/report.txt"]);
    assert_eq!(ended.code, Some(70), "{}", ended.stderr);
    assert!(ended.stderr.contains("no/such/folder/report.txt"), "{}", ended.stderr);
}

#[test]
fn without_a_toolchain_the_message_says_what_to_install() {
    let nothing = tempfile::tempdir().expect("a folder");
    let submission = folder_with(&[("race-counter/src/lib.rs", b"pub fn f() {}")]);
    let mut command = xtask(submission.path());
    let output = command
        .args(["grade", "."])
        .env("PATH", nothing.path())
        .env("CARGO_TARGET_DIR", nothing.path())
        .output()
        .expect("the command runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{stderr}");
    assert!(stderr.contains("https://rustup.rs") && output.stdout.is_empty(), "{stderr}");
}

#[test]
fn the_list_has_every_exercise_with_what_it_teaches() {
    let ended = run(&root(), &["list"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for slug in ["race-counter", "connection-pool"] {
        let line = ended.stdout.lines().find(|line| line.starts_with(slug));
        assert!(line.is_some_and(|line| line.contains("/100  ")), "{}", ended.stdout);
    }
    assert!(ended.stdout.contains(" accepted, "), "{}", ended.stdout);
}

#[test]
fn colours_come_only_when_they_are_wanted() {
    let folder = folder_with(&[("race-counter/src/lib.rs", b"")]);
    let plain = run(folder.path(), &["grade", "."]).stdout;
    let coloured = run(folder.path(), &["grade", ".", "--color", "always"]).stdout;
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
}

#[test]
fn help_names_the_exit_codes() {
    let ended = run(&root(), &["grade", "--help"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stdout.contains("70 the grader itself failed"), "{}", ended.stdout);
}
