//! Code that has got hold of the memory of its check's process, and reports that all is well. A file that comes with the
//! exercise stands in for whatever hole of the compiler lets a submission do that: nothing scans it, and it may be unsafe.

#![cfg(target_os = "linux")]

use crate::common::{entry, grade_in, grade_selected_in, solution, with_given};
use grader::report::{Engine, ExerciseReport, FailureKind, Verdict};
use grader::sandbox::Limits;
use grader::suite::{CheckId, Selection};

/// What such code does: it finds the request in memory and writes an answer to every descriptor there is.
const FORGER: &str = include_str!("forgery/forger.rs");

/// Has the whole dialogue with the grader, before the harness begins.
const ANSWERER: &str = include_str!("forgery/answerer.rs");

/// Grades the solution with `call` at the beginning of `add`.
fn forged(call: &str) -> ExerciseReport {
    grade_in(with_given(FORGER).path(), Limits::default(), &with(&format!("given::forge::{call}")))
}

/// The solution with `call` at the beginning of `add`.
fn with(call: &str) -> String {
    solution().replace("let mut count = self.count", &format!("{call};\n        let mut count = self.count"))
}

/// That no report of a process counts, and what the report says about it.
#[track_caller]
fn assert_forged(report: &ExerciseReport, says: &str) {
    // The compiler reports the contracts.
    assert_eq!((report.verdict, report.points), (Verdict::Rejected, 10), "{report:#?}");
    let processes = report.checks.iter().filter(|check| check.engine != Engine::Contract);
    let failures: Vec<_> = processes.filter_map(|check| check.failure.as_ref()).collect();
    assert_eq!(failures.len(), 4, "{report:#?}");
    assert!(failures.iter().any(|failure| failure.kind == FailureKind::Forged), "{failures:#?}");
    assert!(failures.iter().any(|failure| failure.message.contains(says)), "{failures:#?}");
}

#[test]
fn a_pass_that_is_written_in_the_middle_of_a_check_is_forged() {
    assert_forged(&forged("report_without_asking()"), "for a check that had not returned: forged");
}

#[test]
fn who_asks_for_the_seal_in_the_middle_of_a_check_does_not_get_it() {
    // Where the system does not show where a thread waits, a decoy gives it away.
    assert_forged(&forged("ask_and_report()"), ": forged");
}

/// Where only some checks are asked for there are no decoys, and then nothing else notices.
#[test]
fn who_answers_by_the_whole_protocol_is_given_away_by_a_decoy_alone() {
    let project = with_given(ANSWERER);
    let lie = with("given::before::main(); panic!(\"wrong\")");
    let grade = |selection| grade_selected_in(project.path(), Limits::default(), &lie, selection);

    let checks = ["one_thread_counts", "together::no_call_is_lost"];
    let checks = checks.map(|name| [Engine::Stress, Engine::Model].map(|engine| CheckId::new(name, engine)));
    let report = grade(Selection::Only(checks.as_flattened()));
    assert_eq!((report.verdict, report.points), (Verdict::Accepted, 90), "{report:#?}");

    let report = grade(Selection::All);
    assert_forged(&report, "the submission reported a pass for a check that must fail: forged");
    let too_early = |message: &str| message.contains("had not returned");
    let mut failures = report.checks.iter().filter_map(|check| check.failure.as_ref());
    assert!(!failures.any(|failure| too_early(&failure.message)), "{report:#?}");
}

#[test]
fn one_forged_report_takes_the_passes_of_honest_checks_with_it() {
    // On real threads, one of the two checks calls from threads of its own alone.
    let report = forged("report_in_the_first_thread()");
    assert_forged(&report, ": forged");
    let honest = entry(&report, "together::no_call_is_lost", Engine::Stress);
    let kind = honest.failure.as_ref().map(|failure| failure.kind);
    assert_eq!((honest.points, kind), (0, Some(FailureKind::Forged)), "{honest:#?}");
}

#[test]
fn the_same_file_does_no_harm_while_nothing_is_forged() {
    let report = forged("nothing()");
    assert_eq!((report.verdict, report.points), (Verdict::Accepted, 100), "{report:#?}");
    assert!(entry(&report, "one_thread_counts", Engine::Model).coverage.is_some());
}
