use std::path::Path;

use super::*;
use crate::error::line_of;
use crate::report::{FailureKind, samples};

fn suites() -> BTreeMap<String, Suite> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project/grader/suites/tally");
    BTreeMap::from([("tally".to_owned(), Suite::load(&folder).expect("a suite"))])
}

fn rubric(text: &str) -> Result<Rubric, String> {
    Rubric::parse(text, &suites()).map_err(|(span, message)| format!("{}: {message}", line_of(text, &span)))
}

/// A report on the small exercise, in which these checks fail.
fn report(failing: &[(&str, Engine)]) -> Report {
    let suites = suites();
    let checks: Vec<CheckReport> = suites["tally"]
        .entries()
        .map(|entry| {
            let passes = !failing.contains(&(entry.name, entry.engine));
            CheckReport {
                status: if passes { CheckStatus::Passed } else { CheckStatus::Failed },
                points: if passes { entry.points } else { 0 },
                max_points: entry.points,
                failure: None,
                ..samples::failed(entry.name, entry.engine, FailureKind::Assertion)
            }
        })
        .collect();
    samples::report(vec![samples::exercise("tally", checks)])
}

fn learner(submitted: Option<&str>) -> Learner {
    let mut learner = Learner::absent("ada".to_owned(), None);
    learner.submitted = submitted.map(str::to_owned);
    learner
}

const LOST: (&str, Engine) = ("together::no_call_is_lost", Engine::Stress);
const DUE: &str = "deadline = 2026-10-01T12:00:00Z\nlate = { percent = 10, per = \"24 h\", most = 50 }\n";

fn grade(text: &str, failing: &[(&str, Engine)], submitted: Option<&str>) -> Grade {
    rubric(text).expect("a rubric").grade(&learner(submitted), &report(failing))
}

#[test]
fn an_empty_rubric_leaves_the_points_as_they_are() {
    let grade = grade("", &[LOST], None);
    assert_eq!((grade.points, grade.max_points), (80.0, 100.0));
    assert_eq!(grade.steps, ["tally: 80 of 100"]);
}

#[test]
fn lateness_is_taken_off_by_begun_units_and_explained() {
    let in_time = grade(DUE, &[LOST], Some("2026-10-01T12:00:00Z"));
    assert_eq!(in_time.points, 80.0);
    let late = grade(DUE, &[LOST], Some("2026-10-01 12:00:00.5 Z"));
    assert_eq!((late.points, late.steps.last().map(String::as_str)), (72.0, Some("80 − 10 % late = 72")));
    assert_eq!(grade(DUE, &[LOST], Some("2026-10-03T12:00:00Z")).points, 64.0);
    assert_eq!(grade(DUE, &[LOST], Some("2026-12-24T12:00:00Z")).points, 40.0, "never more than half");
    assert_eq!(grade(DUE, &[LOST], None).points, 80.0, "nobody knows that it is late");
}

#[test]
fn a_system_that_says_no_more_than_late_costs_the_least() {
    let mut late = learner(None);
    late.late = true;
    assert_eq!(rubric(DUE).expect("a rubric").grade(&late, &report(&[])).points, 90.0);
}

#[test]
fn grace_and_extensions_move_the_deadline() {
    let with = |more: &str, submitted: &str| grade(&format!("{DUE}{more}"), &[], Some(submitted)).points;
    assert_eq!(with("grace = \"15 min\"\n", "2026-10-01T12:15:00Z"), 100.0);
    assert_eq!(with("grace = \"15 min\"\n", "2026-10-01T12:15:01Z"), 90.0);
    let extended = "[learner.ada]\nextension = \"2 days\"\n";
    assert_eq!(with(extended, "2026-10-03T12:00:00Z"), 100.0);
    assert_eq!(with(extended, "2026-10-03T13:00:00Z"), 90.0);
    assert_eq!(with("[learner.ada]\nextension = 2026-10-09T00:00:00Z\n", "2026-10-08T00:00:00Z"), 100.0);
    assert_eq!(with("[learner.bob]\nextension = \"2 days\"\n", "2026-10-03T12:00:00Z"), 80.0);
}

#[test]
fn a_time_without_a_zone_is_in_the_zone_of_the_rubric() {
    let text = format!("timezone = \"Europe/Berlin\"\n{DUE}");
    assert_eq!(grade(&text, &[], Some("2026-10-01T14:00:00")).points, 100.0);
    assert_eq!(grade(&text, &[], Some("2026-10-01T14:00:01")).points, 90.0);
}

#[test]
fn weights_partial_credit_drops_and_bonus_count() {
    let of = |text: &str| grade(text, &[LOST], None);
    assert_eq!(of("[exercise.tally]\nweight = 20\n").points, 16.0);
    assert_eq!(of("[exercise.tally]\npartial = false\n").points, 0.0);
    assert_eq!(of("[exercise.tally]\ndrop = [\"together::no_call_is_lost\"]\n").points, 100.0);
    // 30 of the model and 20 of real threads are 3 and 2 of 5; 50 others pass.
    assert_eq!(of("[exercise.tally.checks]\n\"together::no_call_is_lost\" = 50\n").points, 80.0);
    assert_eq!(of("[exercise.tally.checks]\n\"together::no_call_is_lost\" = 0\n").points, 100.0);
    let bonus = of("[exercise.tally]\nbonus = true\n");
    assert_eq!((bonus.points, bonus.max_points), (80.0, 0.0));
    assert_eq!(of("points = 10\n").points, 8.0);
    assert_eq!(of("[learner.ada]\nbonus = 2.5\n").points, 82.5);
}

#[test]
fn a_broken_rubric_is_refused_with_its_line() {
    let wrong = |text: &str| rubric(text).expect_err("it is broken");
    assert!(wrong("points = 10\ncolour = 3\n").starts_with("2: unknown field `colour`"));
    assert!(
        wrong("points = 10\n[exercise.taly]\nweight = 1\n").starts_with("2: there is no exercise `taly`")
    );
    assert!(
        wrong("[exercise.tally]\nweight = 1\ndrop = [\"nothing\"]\n")
            .starts_with("3: the exercise has no check")
    );
    assert!(wrong("\n[exercise.tally]\nweight = -1\n").starts_with("3: -1 is not at least 0"));
    assert!(wrong("late = { percent = 10 }\n").starts_with("1: nothing is late without a `deadline`"));
    assert!(wrong("deadline = 2026-10-01T12:00:00Z\n[late]\npercent = 110\n").starts_with("3: 110 percent"));
    assert!(wrong("points = 1\ntimezone = \"Atlantis\"\n").starts_with("2: there is no time zone"));
    assert!(wrong("points = 1\ngrace = \"a while\"\n").starts_with("2: `a while` is no length of time"));
    assert!(wrong("deadline = \"tomorrow\"\n").starts_with("1: "));
    assert!(wrong("points = \n").starts_with("1: "));
}
