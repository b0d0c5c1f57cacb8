use super::*;
use model_trace::{AtomicType, ObjectKind, Operation, StepId};

use crate::report::samples::{MAIN, T1, load, recording, spawn, store, word};
use crate::report::{
    Citation, Coverage, Diagnosis, Engine, Failure, FailureKind, Mistake, Recording, Role, Sandbox,
};

/// An execution of two threads that call `add`, on an atomic called `value`.
fn executed(steps: &[(u32, Operation, u32)]) -> Recording {
    let mut recording = recording(&[("value", ObjectKind::Atomic(AtomicType::U64))], steps);
    recording.calls = vec![vec!["add".to_owned()]; 3];
    recording
}

fn check(name: &str, title: &str, engine: Engine, failure: Option<Failure>) -> CheckReport {
    let coverage =
        Coverage { executions: 1_908, preemptions: 2, complete: true, limits: model_trace::Limits::NONE };
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
        second_opinion: None,
    }
}

fn lost(recording: Option<Recording>) -> Failure {
    let message = "T1 reads 0 from `value` at line 12, and what `main` wrote at line 13 is lost.";
    let cite = |step, role| Citation { step: StepId(step), role };
    let steps = vec![cite(1, Role::Checks), cite(3, Role::Intervenes), cite(4, Role::Acts)];
    Failure {
        kind: FailureKind::Assertion,
        message: "assertion `left == right` failed: two adds of 1 make 2\n  left: 1\n right: 2".to_owned(),
        explanation: "Both threads read the same value before either wrote.\nThe second write replaces the first: one update is lost.".to_owned(),
        diagnosis: Some(Diagnosis { kind: Mistake::LostUpdate, message: message.to_owned(), steps }),
        token: None,
        recording,
    }
}

fn report() -> Report {
    let recording = executed(&[
        (MAIN, spawn(T1), 0),
        (MAIN, load(0, word(0), None, None), 12),
        (T1, load(0, word(0), None, None), 12),
        (T1, store(0, 1), 13),
        (MAIN, store(0, 1), 13),
    ]);
    let rejected = ExerciseReport {
        exercise: "race-counter".to_owned(),
        verdict: Verdict::Rejected,
        points: 6,
        max_points: 18,
        diagnostics: Vec::new(),
        checks: vec![
            check(
                "no_update_is_lost",
                "No increment is ever lost",
                Engine::Model,
                Some(lost(Some(recording))),
            ),
            check("no_update_is_lost", "No increment is ever lost", Engine::Stress, Some(lost(None))),
            check("it_counts", "One thread counts right", Engine::Model, None),
        ],
        reference_counts: Vec::new(),
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
        reference_counts: Vec::new(),
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
    assert!(text.contains(" ▸ 2  main    load value = 0  line 12"), "{text}");
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let coloured = text(90, true);
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(console::strip_ansi_codes(&coloured), text(90, false));
}

#[test]
fn a_long_schedule_is_cut_in_the_middle() {
    let turns =
        (1..=100).map(|turn| (if turn % 2 == 0 { MAIN } else { T1 }, load(0, word(0), None, None), 1));
    let steps: Vec<_> = [(MAIN, spawn(T1), 0)].into_iter().chain(turns).collect();
    let table = trace::table(&executed(&steps), &[], 80);
    assert!(table.iter().any(|line| line.contains("… 41 rows …")), "{table:#?}");
    assert!(table.iter().any(|line| line.contains(" 101 ")), "{table:#?}");
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
