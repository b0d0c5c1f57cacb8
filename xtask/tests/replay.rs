//! `cargo xtask replay`: the schedule of a failure, run again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

const CHECK: &str = "locked::two_threads_that_add_twice_lose_nothing";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root()).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
}

/// A mutant, the report about it, and the token of one of its failures.
struct Graded {
    folder: TempDir,
    token: String,
}

impl Graded {
    fn mutant(&self) -> PathBuf {
        self.folder.path().join("mine.rs")
    }
}

static GRADED: LazyLock<Graded> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let (mutant, report) = (folder.path().join("mine.rs"), folder.path().join("report.json"));
    let mut show = xtask();
    show.args(["mutant", "show", "race-counter/lock_released_between_read_and_write"]);
    let shown = show.output().expect("the command runs");
    assert_eq!(shown.status.code(), Some(0));
    fs::write(&mutant, shown.stdout).expect("a file");
    let mut grade = xtask();
    grade.arg("grade").arg(&mutant).args(["-e", "race-counter", "--format", "json", "--output"]).arg(&report);
    assert_eq!(grade.output().expect("the command runs").status.code(), Some(1));
    let text = fs::read_to_string(report).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let checks = report["exercises"][0]["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == CHECK && check["engine"] == "model");
    let token = check.expect("the check")["failure"]["token"].as_str().expect("a token").to_owned();
    Graded { folder, token }
});

fn replay(trace: &str, rest: &[&str]) -> Output {
    xtask().arg("replay").arg(trace).args(rest).output().expect("the command runs")
}

fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{err}")
}

/// Text as if it had not been wrapped.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_token_fails_again_on_the_same_code() {
    let file = GRADED.mutant();
    let output = replay(&GRADED.token, &[file.to_str().expect("a path")]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(unwrapped(&said).contains("the update by adder 2 is lost"), "{said}");
    assert!(said.contains(&GRADED.token), "{said}");
}

#[test]
fn a_report_knows_its_submission() {
    let report = GRADED.folder.path().join("report.json");
    let output = replay(report.to_str().expect("a path"), &["--check", CHECK]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let said = said(&output);
    assert!(unwrapped(&said).contains("the update by adder 2 is lost"), "{said}");
}

#[test]
fn a_solution_does_not_fail_in_it() {
    let output = replay(&GRADED.token, &["solutions"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("nothing fails in this schedule"), "{}", said(&output));
}

#[test]
fn code_that_goes_another_way_is_told_where_it_leaves_the_schedule() {
    // As if there had been three threads to choose from.
    let schedule = GRADED.token.strip_suffix("12").expect("the last choice is the second of two");
    let output = replay(&format!("{schedule}13"), &["solutions"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("this code diverges from the schedule") && said.contains("at src/lib.rs:"),
        "{said}"
    );
}

#[test]
fn what_is_no_token_is_a_wrong_use() {
    let report = GRADED.folder.path().join("report.json");
    let report = report.to_str().expect("a path");
    let unknown = GRADED.token.replace("two_threads", "ten_threads");
    for (trace, rest, reason) in [
        ("nonsense", &[][..], "neither a report nor a token"),
        ("no-such-exercise/check@1-1-0-0-02", &[], "no-such-exercise"),
        ("README.md", &[], "is not a report"),
        (report, &["--check", "nothing"], "these have one"),
        (unknown.as_str(), &["solutions"], "has no check"),
    ] {
        let output = replay(trace, rest);
        assert_eq!(output.status.code(), Some(2), "{trace}: {}", said(&output));
        assert!(said(&output).contains(reason), "{trace}: {}", said(&output));
    }
}

#[test]
fn with_a_debugger_the_process_waits_at_the_failing_step() {
    let mut command = xtask();
    command.arg("replay").arg(&GRADED.token).arg(GRADED.mutant()).arg("--debugger");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command runs");
    let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let told = lines.map_while(Result::ok).find(|line| line.contains("waits at the failing step"));
    // Nobody attaches: it would wait for ever, and ends with whoever started it.
    let running = child.try_wait().expect("a child").is_none();
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
    assert!(told.is_some() && running, "{told:?}");
}
