//! `report.schema.json` is what the report's types say, and refuses what no report can be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json")
}

/// With `UPDATE_SCHEMA=1` in the environment, the file is written anew.
#[test]
fn the_file_is_current() {
    let generated = serde_json::to_value(grader::format::schema()).expect("JSON");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let text = serde_json::to_string_pretty(&generated).expect("JSON");
        // Other tests read it at the same time.
        let folder = file().parent().expect("a folder").to_owned();
        let readable = fs::Permissions::from_mode(0o644);
        let temporary = tempfile::Builder::new().permissions(readable).tempfile_in(folder).expect("a file");
        fs::write(temporary.path(), text + "\n").expect("a file");
        temporary.persist(file()).expect("the file can be replaced");
    }
    let kept: Value = serde_json::from_slice(&fs::read(file()).expect("the file")).expect("JSON");
    assert!(
        kept == generated,
        "report.schema.json is not what the types of the report say: run \
         `UPDATE_SCHEMA=1 cargo test -p grader schema`, look at the difference, and commit it"
    );
}

/// A report on a check that passed, changed by `change`: whether the schema takes it.
fn is_valid(change: impl FnOnce(&mut Value)) -> bool {
    let mut report = json!({
        "schema": 1, "grader": "0", "toolchain": "rustc", "sandbox": "full", "submission": "mine",
        "learner": null, "graded_at": "2026-10-01T12:00:00Z",
        "points": 1, "max_points": 1, "duration_ms": 1,
        "exercises": [{
            "exercise": "tally", "sha256": null, "verdict": "accepted", "points": 1, "max_points": 1, "diagnostics": [],
            "reference_counts": [{ "file": "src/lib.rs", "line": 3 }], "groups": [],
            "checks": [{
                "name": "counts", "title": "It counts", "engine": "model", "status": "passed", "points": 1,
                "max_points": 1, "duration_ms": 1, "failure": null,
                "coverage": {
                    "executions": 1, "preemptions": 3, "complete": true, "limits": ["reference_counts"]
                }
            }]
        }]
    });
    change(&mut report);
    let schema = serde_json::from_slice(&fs::read(file()).expect("the file")).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("a schema").is_valid(&report)
}

/// The same, with the check failed.
fn is_valid_failed(change: impl FnOnce(&mut Value)) -> bool {
    is_valid(|report| {
        report["points"] = json!(0);
        let exercise = &mut report["exercises"][0];
        exercise["verdict"] = json!("rejected");
        exercise["points"] = json!(0);
        let check = &mut exercise["checks"][0];
        check["status"] = json!("failed");
        check["points"] = json!(0);
        check["failure"] = json!({
            "kind": "assertion", "message": "m", "explanation": "e", "token": null,
            "diagnosis": { "kind": "lost_update", "message": "m", "steps": [1], "lines": [] },
            "place": { "file": "src/lib.rs", "line": 1 }, "function": "add",
            "trace": [{
                "step": 1, "thread": "main", "operation": "lock", "object": "a", "value": null,
                "ordering": null, "reads": null, "file": "src/lib.rs", "line": 1, "column": 1, "source": "a"
            }],
            "threads": [{ "name": "main", "calls": [] }],
            "objects": [{ "name": "a", "kind": "Mutex #1", "file": null, "line": null, "column": null }],
            "waiting": [{
                "thread": "main", "operation": "lock", "object": "a", "holders": ["main"], "file": null,
                "line": null, "column": null
            }]
        });
        change(check);
    })
}

#[test]
fn reports_as_they_are_written_are_valid() {
    assert!(is_valid(|_| {}));
    assert!(is_valid_failed(|_| {}));
}

#[test]
fn a_verdict_needs_what_it_rests_on() {
    let verdict =
        |verdict: &'static str| move |report: &mut Value| report["exercises"][0]["verdict"] = json!(verdict);
    assert!(!is_valid(|report| report["exercises"][0]["checks"] = json!([])), "accepted without a check");
    assert!(!is_valid(|report| {
        let check = &mut report["exercises"][0]["checks"][0];
        check["status"] = json!("skipped");
        check["points"] = json!(0);
    }));
    assert!(!is_valid(verdict("compile_error")), "nothing says what does not compile");
    assert!(!is_valid(verdict("forbidden")), "nothing says what is forbidden");
    assert!(is_valid(verdict("interrupted")));
    assert!(!is_valid(verdict("unheard_of")));
}

#[test]
fn a_check_has_a_failure_or_its_points() {
    assert!(!is_valid_failed(|check| check["failure"] = Value::Null));
    assert!(!is_valid_failed(|check| check["points"] = json!(1)));
    assert!(!is_valid_failed(|check| check["status"] = json!("passed")));
    assert!(is_valid_failed(|check| check["status"] = json!("timed_out")));
}

#[test]
fn every_field_is_there_and_no_other() {
    assert!(!is_valid(|report| report["more"] = json!(1)));
    assert!(!is_valid_failed(|check| check["failure"]["trace"][0]["more"] = json!(1)));
    assert!(!is_valid_failed(|check| check["failure"]["diagnosis"]["more"] = json!(1)));
    let without = |name: &'static str| {
        move |check: &mut Value| {
            check["failure"].as_object_mut().expect("an object").remove(name);
        }
    };
    for name in ["kind", "diagnosis", "place", "function", "token", "trace", "threads", "objects", "waiting"]
    {
        assert!(!is_valid_failed(without(name)), "{name}");
    }
}

#[test]
fn numbers_and_words_have_their_range() {
    assert!(!is_valid(|report| report["schema"] = json!(2)));
    assert!(!is_valid(|report| report["points"] = json!(-1)));
    assert!(!is_valid(|report| report["exercises"][0]["checks"][0]["name"] = json!("")));
    assert!(!is_valid_failed(|check| check["failure"]["trace"][0]["line"] = json!(0)));
    assert!(!is_valid_failed(|check| check["failure"]["trace"][0]["step"] = json!(0)));
    assert!(!is_valid_failed(|check| check["failure"]["trace"][0]["operation"] = json!("dance")));
    assert!(!is_valid_failed(|check| check["failure"]["diagnosis"]["steps"] = json!([0])));
    assert!(!is_valid_failed(|check| check["engine"] = json!("luck")));
}
