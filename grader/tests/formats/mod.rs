//! Every format, on reports with verdicts of all kinds and texts of an attacker, read by what is not ours: JSON
//! Schemas, Python's readers of XML and CSV, and a consumer of JUnit.

#![expect(clippy::disallowed_methods, reason = "what is written is read by other programs")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use grader::format::{Choice, FORMATS, Look};
use grader::report::{
    CheckReport, CheckStatus, Diagnostic, Engine, ExerciseReport, Failure, FailureKind, Grade, Report,
    Sandbox, Verdict,
};
use serde_json::{Value, json};

/// What might end an element, a cell, a line, a fence or a command.
const HOSTILE: &str =
    "=2+5|<b>]]></failure>`````\n::error::forged\r\n##[group]x\u{1b}[31m\u{0}\"',;@x{{7*7}}";

fn failure(kind: FailureKind) -> Failure {
    Failure {
        kind,
        message: HOSTILE.to_owned(),
        panic: None,
        explanation: "Why it matters.".to_owned(),
        diagnosis: None,
        place: None,
        function: None,
        about: std::collections::BTreeSet::new(),
        alone: false,
        is_of_a_fact: false,
        token: Some("tally/counts@1.2".to_owned()),
        recording: None,
    }
}

fn check(status: CheckStatus, failure: Option<Failure>) -> CheckReport {
    CheckReport {
        name: "together::no_call_is_lost".to_owned(),
        title: "No call is lost".to_owned(),
        engine: Engine::Model,
        status,
        points: if status == CheckStatus::Passed { 25 } else { 0 },
        max_points: 25,
        duration_ms: 1234,
        coverage: None,
        failure,
        example: None,
        second_opinion: None,
    }
}

fn exercise(verdict: Verdict, diagnostics: Vec<Diagnostic>, checks: Vec<CheckReport>) -> ExerciseReport {
    ExerciseReport {
        exercise: "tally".to_owned(),
        sha256: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned()),
        verdict,
        points: checks.iter().map(|check| check.points).sum(),
        max_points: checks.iter().map(|check| check.max_points).sum(),
        diagnostics,
        checks,
        groups: Vec::new(),
        reference_counts: Vec::new(),
        sources: Vec::new(),
    }
}

fn report(exercises: Vec<ExerciseReport>) -> Report {
    Report {
        schema: 1,
        grader: "0.1.0".to_owned(),
        toolchain: "rustc 1.95.0".to_owned(),
        sandbox: Sandbox::Full,
        submission: HOSTILE.to_owned(),
        learner: Some(HOSTILE.to_owned()),
        graded_at: "2026-10-01T12:00:00Z".to_owned(),
        points: exercises.iter().map(|exercise| exercise.points).sum(),
        max_points: exercises.iter().map(|exercise| exercise.max_points).sum(),
        duration_ms: 2468,
        grade: None,
        exercises,
    }
}

/// A report of each kind.
fn reports() -> Vec<Report> {
    let passed = || check(CheckStatus::Passed, None);
    let skipped = || check(CheckStatus::Skipped, None);
    let rejected = exercise(
        Verdict::Rejected,
        Vec::new(),
        vec![
            passed(),
            check(CheckStatus::Failed, Some(failure(FailureKind::Deadlock))),
            check(CheckStatus::TimedOut, Some(failure(FailureKind::Timeout))),
            check(CheckStatus::Crashed, Some(failure(FailureKind::Crash))),
        ],
    );
    let refused = |verdict| {
        let said = Diagnostic::error(HOSTILE).in_file("src/lib.rs").at(3, 7);
        exercise(verdict, vec![said], vec![skipped(), skipped()])
    };
    let unsupported = check(CheckStatus::Skipped, Some(failure(FailureKind::Unsupported)));
    let mut graded = report(vec![rejected.clone(), refused(Verdict::CompileError)]);
    graded.grade =
        Some(Grade { points: 79.2, max_points: 100.0, steps: vec!["88 − 10 % late = 79.2".to_owned()] });
    vec![
        report(vec![exercise(Verdict::Accepted, Vec::new(), vec![passed(), passed()])]),
        report(vec![rejected]),
        report(vec![refused(Verdict::Forbidden)]),
        report(vec![exercise(Verdict::NotStarted, Vec::new(), vec![skipped()])]),
        report(vec![exercise(Verdict::InternalError, Vec::new(), vec![passed(), unsupported])]),
        report(vec![refused(Verdict::Interrupted)]),
        graded,
        report(Vec::new()),
    ]
}

fn written(name: &str, report: &Report) -> String {
    let choice = Choice::named(name).expect("a format");
    let look = Look { width: 80, colours: false, unicode: true };
    let mut bytes = Vec::new();
    choice.for_look(look).write(report, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

fn follows(schema: &str, name: &str) {
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    for report in reports() {
        let value: Value = serde_json::from_str(&written(name, &report)).expect("JSON");
        let errors: Vec<String> =
            schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    }
}

#[test]
fn gradescope_has_what_its_documentation_asks_for() {
    follows(include_str!("gradescope.schema.json"), "gradescope");
    let graded: Value = serde_json::from_str(&written("gradescope", &reports()[6])).expect("JSON");
    assert_eq!((&graded["score"], &graded["test_output_format"]), (&json!(79.2), &json!("text")));
    assert!(graded["output"].as_str().expect("text").contains("88 − 10 % late = 79.2"));
}

#[test]
fn exercism_has_what_its_documentation_asks_for() {
    follows(include_str!("exercism.schema.json"), "exercism");
    let status = |report: &Report| {
        let value: Value = serde_json::from_str(&written("exercism", report)).expect("JSON");
        value["status"].as_str().expect("a word").to_owned()
    };
    let statuses: Vec<String> = reports().iter().map(status).collect();
    assert_eq!(statuses, ["pass", "fail", "error", "error", "error", "error", "fail", "error"]);
}

#[test]
fn classroom50_has_what_its_documentation_asks_for() {
    follows(include_str!("classroom50.schema.json"), "classroom50");
}

#[test]
fn code_quality_has_what_its_documentation_asks_for_and_every_finding_is_one() {
    follows(include_str!("codequality.schema.json"), "codequality");
    let failed = || check(CheckStatus::Failed, Some(failure(FailureKind::Deadlock)));
    let findings = |report: &Report| -> Vec<Value> {
        serde_json::from_str(&written("codequality", report)).expect("JSON")
    };
    let alike = findings(&report(vec![exercise(Verdict::Rejected, Vec::new(), vec![failed(), failed()])]));
    assert_eq!(alike.len(), 2);
    assert_ne!(alike[0]["fingerprint"], alike[1]["fingerprint"]);
    // What moves is the same finding.
    let at = |line| {
        let said = Diagnostic::error("wrong").in_file("src/lib.rs").at(line, 1);
        findings(&report(vec![exercise(Verdict::CompileError, vec![said], Vec::new())]))
    };
    assert_eq!(at(3)[0]["fingerprint"], at(4)[0]["fingerprint"]);
    assert_eq!(at(4)[0]["location"]["lines"]["begin"], 4);
    let counts: Vec<usize> = reports().iter().map(|report| findings(report).len()).collect();
    assert_eq!(counts, [0, 3, 1, 1, 1, 1, 4, 0]);
}

#[test]
fn every_annotation_is_one_command() {
    for report in reports() {
        let text = written("actions", &report);
        for line in text.lines() {
            assert!(
                ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command)),
                "{line}"
            );
            assert!(!line.contains('\r'), "{line}");
        }
    }
    let text = written("actions", &reports()[2]);
    assert!(text.contains("file=") && text.contains("line=3"), "{text}");
}

/// What a Python program makes of a text; `None` where there is no Python.
fn python(program: &str, input: &str) -> Option<Value> {
    run_python(Path::new("python3"), program, input)
}

/// The same with the packages that `.ci/run` installs; `None` where it did not.
fn installed_python(program: &str, input: &str) -> Option<Value> {
    let folder = std::env::var_os("INTERLEAVE_VALIDATORS").filter(|folder| !folder.is_empty())?;
    let read = run_python(&Path::new(&folder).join("bin/python3"), program, input);
    assert!(read.is_some(), "what is installed runs");
    read
}

fn run_python(python: &Path, program: &str, input: &str) -> Option<Value> {
    let mut child = Command::new(python)
        .args(["-c", program])
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{input}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn junit_is_xml_whose_counts_are_those_of_its_cases() {
    const READER: &str = "
import sys, json, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
assert root.tag == 'testsuites', root.tag
suites = root.findall('testsuite')
for suite in suites:
    cases = suite.findall('testcase')
    for case in cases:
        assert case.get('name') and case.get('classname'), case.attrib
        assert sum(case.find(kind) is not None for kind in ('failure', 'error', 'skipped')) <= 1
    count = lambda kind: sum(case.find(kind) is not None for case in cases)
    assert int(suite.get('tests')) == len(cases)
    assert int(suite.get('failures')) == count('failure') and int(suite.get('errors')) == count('error')
every = [case for suite in suites for case in suite.findall('testcase')]
kinds = lambda kind: [case.find(kind).get('type') for case in every if case.find(kind) is not None]
print(json.dumps([kinds('failure'), kinds('error'), len(kinds('skipped'))]))
";
    let expected = [
        json!([[], [], 0]),
        json!([["deadlock", "timeout", "crash"], [], 0]),
        json!([["forbidden"], [], 2]),
        json!([["not_started"], [], 1]),
        json!([[], ["internal_error", "unsupported"], 0]),
        json!([[], ["interrupted"], 2]),
        json!([["deadlock", "timeout", "crash", "compile_error"], [], 2]),
        json!([[], [], 0]),
    ];
    for (report, expected) in reports().iter().zip(expected) {
        let text = written("junit", report);
        assert!(!text.contains(['\u{0}', '\u{1b}']), "{text}");
        if let Some(read) = python(READER, &text) {
            assert_eq!(read, expected, "{text}");
        }
    }
}

#[test]
fn a_consumer_of_junit_counts_what_the_report_counts() {
    // It raises where it does not know what something is.
    const CONSUMER: &str = "
import sys, json, junitparser
read = junitparser.JUnitXml.fromstring(sys.stdin.buffer.read())
read.update_statistics()
cases = [case for suite in read for case in suite]
kinds = {junitparser.Failure: 'failure', junitparser.Error: 'error', junitparser.Skipped: 'skipped'}
results = [kinds[type(result)] for case in cases for result in case.result]
print(json.dumps([read.tests, read.failures, read.errors, read.skipped,
    [results.count(kind) for kind in ('failure', 'error', 'skipped')], all(case.name for case in cases)]))
";
    let expected = [
        json!([2, 0, 0, 0, [0, 0, 0], true]),
        json!([4, 3, 0, 0, [3, 0, 0], true]),
        json!([3, 1, 0, 2, [1, 0, 2], true]),
        json!([2, 1, 0, 1, [1, 0, 1], true]),
        json!([3, 0, 2, 0, [0, 2, 0], true]),
        json!([3, 0, 1, 2, [0, 1, 2], true]),
        json!([7, 4, 0, 2, [4, 0, 2], true]),
        json!([0, 0, 0, 0, [0, 0, 0], true]),
    ];
    for (report, expected) in reports().iter().zip(expected) {
        let text = written("junit", report);
        if let Some(read) = installed_python(CONSUMER, &text) {
            assert_eq!(read, expected, "{text}");
        }
    }
}

#[test]
fn a_gradebook_has_one_row_that_no_spreadsheet_takes_for_a_formula() {
    const READER: &str = "
import csv, io, json, sys
print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.read(), newline='')))))
";
    for report in reports() {
        let Some(read) = python(READER, &written("csv", &report)) else { return };
        let table: Vec<Vec<String>> = serde_json::from_value(read).expect("a table");
        assert_eq!(table.len(), 2, "{table:?}");
        assert_eq!(table[0].len(), table[1].len());
        for cell in &table[1] {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !cell.contains('\n'), "{cell}");
        }
    }
}

#[test]
fn markdown_shows_the_texts_of_a_submission_as_they_are() {
    for report in reports() {
        let text = written("markdown", &report);
        // Outside of fences nothing begins a tag, a mention or a command.
        let mut fence: Option<String> = None;
        for line in text.lines() {
            let ticks: String = line.chars().take_while(|character| *character == '`').collect();
            match &fence {
                Some(open) if ticks == *open && line == ticks => fence = None,
                Some(_) => {}
                None if ticks.len() >= 3 => fence = Some(ticks),
                None => assert!(
                    !line.contains("<b>") && !line.contains("@x") && !line.starts_with("::"),
                    "{line}"
                ),
            }
        }
        assert_eq!(fence, None, "every fence is closed: {text}");
    }
}

#[test]
fn every_format_but_those_with_a_place_for_it_says_whose_and_what_it_is() {
    for choice in FORMATS {
        let text = written(choice.name, &reports()[1]);
        let wanted: &[&str] = match choice.name {
            // They show it to a person who knows.
            "text" | "html" => continue,
            "classroom50" => &["2026-10-01T12:00:00Z", "e3b0c442"],
            "actions" => &["0.1.0", "rustc 1.95.0", "2026-10-01T12:00:00Z"],
            _ => &["0.1.0", "rustc", "2026", "e3b0c442", "full"],
        };
        for wanted in wanted {
            assert!(text.contains(wanted), "{}: {wanted}: {text}", choice.name);
        }
    }
}
