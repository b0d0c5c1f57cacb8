//! Formats follow from the grader's table: a line there is a value of `--format`, with its help.

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use grader::format::FORMATS;

fn xtask(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR")).args(args);
    command.output().expect("the command runs")
}

#[test]
fn every_format_of_the_table_is_in_the_help() {
    let output = xtask(&["grade", "--help"]);
    let help = String::from_utf8(output.stdout).expect("text");
    // Clap wraps lines.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = words(&help);
    for format in FORMATS {
        assert!(help.contains(&format!("{}: {}", format.name, words(format.help))), "{help}");
    }
}

#[test]
fn every_format_of_the_table_is_accepted_and_writes_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let submission = folder.path().join("mine.rs");
    // Judged without a compiler.
    fs::write(&submission, "unsafe fn f() {}").expect("a file");
    for format in FORMATS {
        let report = folder.path().join(format.name);
        let path = |path: &std::path::Path| path.to_str().expect("text").to_owned();
        let (submission, file) = (path(&submission), path(&report));
        let output =
            xtask(&["grade", &submission, "-e", "race-counter", "--format", format.name, "--output", &file]);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let written = fs::read_to_string(&report).expect("a report");
        assert!(written.contains("race-counter"), "{}: {written}", format.name);
    }
}
