use super::*;
use crate::report::{Coverage, Diagnosis, Failure, FailureKind, Mistake, Sandbox, Step, Thread};

fn step(
    step: u64,
    thread: &str,
    operation: &str,
    object: &str,
    value: Option<&str>,
    line: Option<u32>,
) -> Step {
    Step {
        step,
        thread: thread.to_owned(),
        operation: operation.to_owned(),
        object: Some(object.to_owned()),
        value: value.map(str::to_owned),
        ordering: None,
        reads: None,
        file: line.map(|_| "src/lib.rs".to_owned()),
        line,
        column: line,
        source: None,
    }
}

fn check(name: &str, title: &str, engine: Engine, failure: Option<Failure>) -> CheckReport {
    let coverage = Coverage { executions: 1_908, preemptions: 2, complete: true };
    CheckReport {
        name: name.to_owned(),
        title: title.to_owned(),
        engine,
        status: if failure.is_some() { CheckStatus::Failed } else { CheckStatus::Passed },
        points: if failure.is_some() { 0 } else { 6 },
        max_points: 6,
        duration_ms: 40,
        coverage: (engine == Engine::Model).then_some(coverage),
        failure,
        example: None,
    }
}

fn lost(trace: Vec<Step>) -> Failure {
    let thread = |name: &str| Thread { name: name.to_owned(), calls: vec!["add".to_owned()] };
    let message = "T1 reads 0 from `value` at src/lib.rs:12, and what `main` wrote at src/lib.rs:13 is lost.";
    Failure {
        kind: FailureKind::Assertion,
        message: "assertion `left == right` failed: two adds of 1 make 2\n  left: 1\n right: 2".to_owned(),
        explanation: "Both threads read the same value before either wrote.\nThe second write replaces the first: one update is lost.".to_owned(),
        diagnosis: Some(Diagnosis { kind: Mistake::LostUpdate, message: message.to_owned() }),
        token: None,
        trace,
        threads: vec![thread("main"), thread("T1")],
        objects: Vec::new(),
        waiting: Vec::new(),
    }
}

fn report() -> Report {
    let trace = vec![
        step(1, "main", "spawn", "T1", None, None),
        step(2, "main", "load", "value", Some("0"), Some(12)),
        step(3, "T1", "load", "value", Some("0"), Some(12)),
        step(4, "T1", "store", "value", Some("1"), Some(13)),
        step(5, "main", "store", "value", Some("1"), Some(13)),
    ];
    let rejected = ExerciseReport {
        exercise: "race-counter".to_owned(),
        verdict: Verdict::Rejected,
        points: 6,
        max_points: 18,
        diagnostics: Vec::new(),
        checks: vec![
            check("no_update_is_lost", "No increment is ever lost", Engine::Model, Some(lost(trace))),
            check("no_update_is_lost", "No increment is ever lost", Engine::Stress, Some(lost(Vec::new()))),
            check("it_counts", "One thread counts right", Engine::Model, None),
        ],
        sources: Vec::new(),
    };
    let broken = ExerciseReport {
        exercise: "connection-pool".to_owned(),
        verdict: Verdict::CompileError,
        points: 0,
        max_points: 100,
        diagnostics: vec![
            Diagnostic::error("contract: `Semaphore::available(&self) -> usize` is missing or differs: no method named `available` found for struct `Semaphore` in the current scope")
                .with_code("E0599")
                .in_file("src/lib.rs")
                .at(7, 1),
        ],
        checks: vec![CheckReport { status: CheckStatus::Skipped, points: 0, ..check("any", "Skipped", Engine::Model, None) }],
        sources: Vec::new(),
    };
    Report {
        schema: 1,
        grader: "0.1.0".to_owned(),
        toolchain: "rustc 1.95.0".to_owned(),
        sandbox: Sandbox::None,
        submission: "work".to_owned(),
        points: 6,
        max_points: 118,
        duration_ms: 2_345,
        exercises: vec![rejected, broken],
    }
}

fn text(width: usize, colours: bool) -> String {
    let mut out = Vec::new();
    Text(Look { width, colours, unicode: true }).write(&report(), &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_failure_is_told_with_its_schedule() {
    insta::assert_snapshot!(text(90, false));
}

#[test]
fn a_narrow_terminal_gets_a_list_instead_of_columns() {
    let text = text(50, false);
    assert!(text.contains("   2  main    load value = 0  line 12"), "{text}");
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let coloured = text(90, true);
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(console::strip_ansi_codes(&coloured), text(90, false));
}

#[test]
fn a_long_schedule_is_cut_in_the_middle() {
    let steps = (1..=100).map(|number| {
        step(number, if number % 2 == 0 { "main" } else { "T1" }, "load", "value", None, Some(1))
    });
    let spawn = step(0, "main", "spawn", "T1", None, None);
    let table = trace::table(&lost([spawn].into_iter().chain(steps).collect()), 80);
    assert!(table.iter().any(|line| line.contains("… 41 rows …")), "{table:#?}");
    assert!(table.iter().any(|line| line.contains(" 100 ")), "{table:#?}");
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let mut out = Vec::new();
    Text(Look { width: 90, colours: false, unicode: false })
        .write(&report(), &mut out)
        .expect("memory takes everything");
    let ascii = String::from_utf8(out).expect("text");
    assert!(ascii.is_ascii(), "{ascii}");
    let columns = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
    assert_eq!(columns(&ascii), columns(&text(90, false)));
}
