use super::*;
use model_trace::{AtomicType, ObjectKind, Operation, StepId};

use crate::report::samples::{self, MAIN, T1, load, recording, spawn, store, word};
use crate::report::{
    Citation, Coverage, Diagnosis, Engine, Failure, FailureKind, Mistake, Recording, Role, groups,
};

/// An execution of two threads that call `add`, on an atomic called `value`.
fn executed(steps: &[(u32, Operation, u32)]) -> Recording {
    let mut recording = recording(&[("value", ObjectKind::Atomic(AtomicType::U64))], steps);
    recording.calls = vec![vec!["add".to_owned()]; 3];
    recording
}

fn check(name: &str, title: &str, engine: Engine, failure: Option<Failure>) -> CheckReport {
    let coverage = Coverage {
        executions: 1_908,
        preemptions: 2,
        complete: true,
        limits: model_trace::Limits::NONE,
        sampling: None,
    };
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
        panic: None,
        explanation: "Both threads read the same value before either wrote.\nThe second write replaces the first: one update is lost.".to_owned(),
        diagnosis: Some(Diagnosis { kind: Mistake::LostUpdate, message: message.to_owned(), steps, lines: Vec::new() }),
        place: None,
        function: None,
        about: std::collections::BTreeSet::new(),
        alone: false,
        is_of_a_fact: false,
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
    let checks = vec![
        check("no_update_is_lost", "No increment is ever lost", Engine::Model, Some(lost(Some(recording)))),
        check("no_update_is_lost", "No increment is ever lost", Engine::Stress, Some(lost(None))),
        check("it_counts", "One thread counts right", Engine::Model, None),
    ];
    let rejected = samples::exercise("race-counter", checks);
    let skipped = CheckReport {
        status: CheckStatus::Skipped,
        points: 0,
        ..check("any", "Skipped", Engine::Model, None)
    };
    let broken = ExerciseReport {
        verdict: Verdict::CompileError,
        max_points: 100,
        diagnostics: vec![
            Diagnostic::error("contract: `Semaphore::available(&self) -> usize` is missing or differs: no method named `available` found for struct `Semaphore` in the current scope")
                .with_code("E0599")
                .in_file("src/lib.rs")
                .at(7, 1),
        ],
        ..samples::exercise("connection-pool", vec![skipped])
    };
    samples::report(vec![rejected, broken])
}

fn text(width: usize, colours: bool) -> String {
    let mut out = Vec::new();
    Text::new(Look { width, colours, unicode: true })
        .write(&report(), &mut out)
        .expect("memory takes everything");
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

/// Threads that take steps with long names, one after the other.
fn long(threads: u32) -> Recording {
    use model_trace::{ObjectId, ThreadId};
    let condvar = ObjectId(1);
    let turns = (0..threads).flat_map(|thread| {
        [
            (
                thread,
                Operation::Wait { condvar, timeout: Some(std::time::Duration::from_micros(100_500)) },
                41,
            ),
            (thread, Operation::NotifyOne { condvar, woken: Some(ThreadId(0)) }, 42),
            (thread, crate::report::samples::replaces(0, u64::MAX, u64::MAX - 1), 43),
        ]
    });
    let objects = [("state_of_the_buffer", ObjectKind::Mutex), ("not_empty_any_more", ObjectKind::Condvar)];
    let mut recording = crate::report::samples::recording_of(threads, &objects, &turns.collect::<Vec<_>>());
    for (thread, own) in recording.execution.threads.iter_mut().enumerate() {
        own.name = format!("consumer {thread}");
    }
    recording
}

/// Every word of every operation is there, and no line is too long.
fn is_whole(recording: &Recording, width: usize) -> String {
    let table = trace::table(recording, &[], width).join("\n");
    let words: Vec<&str> = table.split_whitespace().collect();
    let whole = words.join(" ");
    assert!(!whole.contains('…'), "{table}");
    for (_, step) in recording.steps() {
        for word in wording::action_in_text(recording, step).split_whitespace() {
            assert!(words.contains(&word), "{word} in {table}");
        }
    }
    assert!(table.lines().all(|line| line.chars().count() <= width), "{table}");
    table
}

#[test]
fn two_threads_fit_into_80_columns() {
    let table = is_whole(&long(2), 76);
    assert!(table.lines().next().is_some_and(|line| line.contains("consumer 1")), "columns: {table}");
    insta::assert_snapshot!(table);
}

#[test]
fn four_threads_fit_into_120_columns() {
    let table = is_whole(&long(4), 116);
    assert!(table.lines().next().is_some_and(|line| line.contains("consumer 3")), "columns: {table}");
    insta::assert_snapshot!(table);
}

#[test]
fn where_there_is_no_room_for_columns_nothing_is_cut_either() {
    is_whole(&long(4), 46);
}

#[test]
fn the_last_screen_says_the_verdict_the_mistake_and_the_next_command() {
    let text = text(80, false);
    let lines: Vec<&str> = text.lines().collect();
    let screen = lines[lines.len().saturating_sub(23)..].join("\n");
    for part in [
        "Next: One of two concurrent updates is lost",
        "cargo xtask explain lost_update",
        "cargo xtask grade -e race-counter",
        "race-counter  rejected  6/18",
        "6 of 118 points",
    ] {
        assert!(screen.contains(part), "{part} in {screen}");
    }
}

#[test]
fn checks_that_fail_for_the_same_reason_are_told_once() {
    let mut report = report();
    let exercise = &mut report.exercises[0];
    for number in 0..22 {
        let recording = executed(&[(MAIN, spawn(T1), 0), (T1, spawn(T1), 0)].repeat(9));
        let title = format!("Fact {number}");
        exercise.checks.push(check(&title, &title, Engine::Model, Some(lost(Some(recording)))));
    }
    exercise.groups = groups(&exercise.checks);
    let told = |detail| {
        let mut out = Vec::new();
        let look = Look { width: 80, colours: false, unicode: true };
        Text { look, detail }.write(&report, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    };
    let stories = told(Detail::Stories);
    assert_eq!(stories.matches('✗').count(), 1, "{stories}");
    assert!(stories.contains("22 more checks fail for the same reason:"), "{stories}");
    assert!((0..22).all(|number| stories.contains(&format!("· Fact {number}\n"))), "{stories}");
    let everything = told(Detail::Everything);
    assert_eq!(everything.matches('✗').count(), 23, "{everything}");
}

#[test]
fn what_is_not_there_yet_and_what_could_not_be_run_are_lines() {
    let mut report = report();
    let exercise = &mut report.exercises[0];
    let mut todo =
        crate::report::samples::failed("Needs `take`", Engine::Stress, FailureKind::NotImplemented);
    todo.failure.as_mut().expect("a failure").function = Some("take".to_owned());
    let mut gap =
        crate::report::samples::failed("Uses what has no model", Engine::Model, FailureKind::Unsupported);
    gap.status = CheckStatus::Skipped;
    exercise.checks = vec![todo, gap];
    exercise.groups = groups(&exercise.checks);
    let mut out = Vec::new();
    Text::new(Look { width: 80, colours: false, unicode: true }).write(&report, &mut out).expect("memory");
    let text = String::from_utf8(out).expect("text");
    assert!(text.contains("  ✗ Not implemented: `take`; 1 check needs it\n"), "{text}");
    assert!(text.contains("The grader could not run 1 check. This is not your fault"), "{text}");
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let mut out = Vec::new();
    Text::new(Look { width: 90, colours: false, unicode: false })
        .write(&report(), &mut out)
        .expect("memory takes everything");
    let ascii = String::from_utf8(out).expect("text");
    assert!(ascii.is_ascii(), "{ascii}");
    let columns = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
    assert_eq!(columns(&ascii), columns(&text(90, false)));
}
