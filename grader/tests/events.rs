//! What a listener hears of a grading.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

use crate::common::{project, solution};
use grader::catalog::Catalog;
use grader::event::Event;
use grader::interrupt::Interrupt;
use grader::pipeline::{Grader, Options};
use grader::report::{CheckStatus, Report, Verdict};
use grader::submission::Submission;

/// Grades the solution, and returns the report with the events; `on_event` hears them as they come.
fn grade(interrupt: &Interrupt, on_event: impl Fn(&Event) + Sync) -> (Report, Vec<Event>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lib.rs");
    fs::write(&file, solution()).expect("a file");
    let project = project();
    let catalog = Catalog::discover(&project).expect("exercises");
    let submission = Submission::open(&file, &["tally".to_owned()], &catalog).expect("a submission");
    let heard = Mutex::new(Vec::new());
    let listener = |event: &Event| {
        on_event(event);
        heard.lock().expect("no panic").push(event.clone());
    };
    let options = Options { interrupt: interrupt.clone(), ..Options::new(2) };
    let grader = Grader::new(&project, &catalog, options, &listener).expect("a toolchain");
    let report = grader.grade(&submission).expect("a report");
    (report, heard.into_inner().expect("no panic"))
}

#[test]
fn every_check_starts_before_it_ends_and_ends_as_the_report_says() {
    let (report, events) = grade(&Interrupt::default(), |_| {});
    let mut running = BTreeSet::new();
    let mut ended = Vec::new();
    for event in events {
        match event {
            Event::CheckStarted { check, .. } => {
                assert!(running.insert(check.clone()), "{check} starts twice")
            }
            Event::CheckFinished { check, status, .. } => {
                assert!(running.remove(&check), "{check} ends without a start");
                ended.push((check.name, check.engine, status));
            }
            _ => {}
        }
    }
    assert!(running.is_empty(), "{running:?}");
    let mut reported: Vec<_> = report.exercises[0]
        .checks
        .iter()
        .map(|check| (check.name.clone(), check.engine, check.status))
        .collect();
    let key = |(name, engine, _): &(String, _, CheckStatus)| (name.clone(), *engine);
    ended.sort_by_key(key);
    reported.sort_by_key(key);
    assert_eq!(ended, reported);
}

#[test]
fn an_interruption_keeps_what_was_found_out_before_it() {
    let interrupt = Interrupt::default();
    let (report, _) = grade(&interrupt, |event| {
        if matches!(event, Event::CheckFinished { .. }) {
            interrupt.request();
        }
    });
    let exercise = &report.exercises[0];
    assert_eq!(exercise.verdict, Verdict::Interrupted);
    let statuses: Vec<CheckStatus> = exercise.checks.iter().map(|check| check.status).collect();
    assert!(statuses.contains(&CheckStatus::Passed), "{statuses:?}");
    assert!(statuses.contains(&CheckStatus::Skipped), "{statuses:?}");
    assert!(exercise.points > 0 && exercise.points < exercise.max_points);
}

#[test]
fn an_interruption_before_the_first_check_judges_nothing() {
    let interrupt = Interrupt::default();
    interrupt.request();
    let (report, events) = grade(&interrupt, |_| {});
    assert_eq!((report.exercises[0].verdict, report.points), (Verdict::Interrupted, 0));
    assert!(!events.iter().any(|event| matches!(event, Event::CheckStarted { .. })));
}
