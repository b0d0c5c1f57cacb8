use std::time::Duration;

use model_trace::wire::{self, Engine, Request, Task};

use super::Asked;
use super::outcome::{Cause, Crash, EndedEarly, Forgery, InternalError, Outcome, Unsupported};
use super::protocol::judge;
use crate::process::{Captured, Claim, CpuTime, End, Finished};
use crate::report::{FailureKind, in_submission};

const NONCE: &str = "00ff";
const SEAL: &str = "ff00";

fn request() -> Request {
    Request {
        task: Task::Judge {},
        nonce: NONCE.to_owned(),
        check: "a_fact".to_owned(),
        engine: Engine::Stress,
        preemptions: Some(3),
        least: None,
        executions: 1,
        deepening: 1,
        sampling: None,
        seed: 0,
    }
}

fn finished(end: End, answer: &str) -> Finished {
    let captured = |text: &str| Captured { bytes: text.as_bytes().to_vec(), truncated: false };
    Finished {
        end,
        // The oldest trick, in every run.
        stdout: captured("test result: ok. 1 passed; 0 failed\n"),
        stderr: captured("thread overflowed its stack\u{1b}[2J\n"),
        answer: captured(answer),
        claim: Claim::FromTheHarness,
        duration: Duration::from_secs(1),
        cpu: CpuTime::default(),
    }
}

fn judged(end: End, answer: &str) -> Outcome {
    judge(&request(), Asked::Check, SEAL, &finished(end, answer)).unwrap()
}

fn report(nonce: &str, check: &str, outcome: &str) -> String {
    sealed(nonce, check, &format!("\"{SEAL}\""), outcome)
}

fn sealed(nonce: &str, check: &str, seal: &str, outcome: &str) -> String {
    format!(
        "{{\"nonce\":\"{nonce}\",\"check\":\"{check}\",\"seal\":{seal},\"outcome\":{outcome},\"coverage\":null}}\n"
    )
}

/// The outcome that a process claims, judged.
fn claimed(outcome: &str) -> Outcome {
    judged(End::Exited(0), &report(NONCE, "a_fact", outcome))
}

fn ended_early(early: EndedEarly) -> Outcome {
    Outcome::Failed { cause: Cause::EndedEarly(early), execution: None, coverage: None }
}

const PASSED: &str = r#"{"status":"passed"}"#;

#[test]
fn only_one_whole_report_with_the_nonce_and_an_exit_of_0_passes() {
    let honest = report(NONCE, "a_fact", PASSED);
    assert_eq!(judged(End::Exited(0), &honest), Outcome::Passed { coverage: None, execution: None });

    let forgeries = [
        String::new(),
        "test result: ok\n".to_owned(),
        honest.trim_end().to_owned(),
        format!("{honest}{honest}"),
        format!("\n{honest}"),
        format!("{honest}\n"),
        format!("{{}}\n{honest}"),
        report("0100", "a_fact", PASSED),
        report("", "a_fact", PASSED),
        report(NONCE, "another_fact", PASSED),
        report(NONCE, "a_fact", r#"{"status":"accepted"}"#),
        report(NONCE, "a_fact", r#"{"status":"passed","points":100}"#),
        report(NONCE, "a_fact", r#"{"status":"passed"},"outcome":{"status":"passed"}"#),
        honest.replace("null", "\"all\""),
        honest[..honest.len() / 2].to_owned(),
    ];
    for forgery in forgeries {
        let outcome = judged(End::Exited(0), &forgery);
        let Outcome::Failed { cause, .. } = &outcome else { panic!("{forgery:?}: {outcome:?}") };
        assert_eq!(cause.kind(), FailureKind::EndedEarly, "{forgery:?}: {outcome:?}");
    }
}

#[test]
fn a_pass_without_the_seal_is_forged() {
    let forged =
        |forgery| Ok(Outcome::Failed { cause: Cause::Forged(forgery), execution: None, coverage: None });
    for seal in ["null", "\"\"", "\"00ff\"", "\"ff001\""] {
        let answer = finished(End::Exited(0), &sealed(NONCE, "a_fact", seal, PASSED));
        let judged = judge(&request(), Asked::Check, SEAL, &answer);
        assert_eq!(judged, forged(Forgery::TooEarly), "{seal}");
    }
    let never = finished(End::Exited(0), &sealed(NONCE, "a_fact", "null", r#"{"status":"never_happens"}"#));
    let judged = judge(&request(), Asked::Check, SEAL, &never);
    assert!(matches!(judged, Ok(Outcome::Failed { cause: Cause::NeverHappens, .. })), "{judged:?}");
}

#[test]
fn whoever_asks_for_the_seal_from_elsewhere_has_forged_whatever_it_says() {
    for end in [End::Exited(0), End::Exited(1), End::TimedOut] {
        let honest = finished(end, &report(NONCE, "a_fact", PASSED));
        let asked_elsewhere = Finished { claim: Claim::FromElsewhere, ..honest };
        let judged = judge(&request(), Asked::Check, SEAL, &asked_elsewhere);
        assert_eq!(judged.unwrap().forgery(), Some(Forgery::TooEarly));
    }
}

#[test]
fn a_decoy_that_passes_is_forged_and_one_that_fails_is_not() {
    let judged = |outcome: &str| {
        let finished = finished(End::Exited(0), &report(NONCE, "a_fact", outcome));
        judge(&request(), Asked::Decoy, SEAL, &finished).unwrap().forgery()
    };
    assert_eq!(judged(PASSED), Some(Forgery::MustFail));
    assert_eq!(judged(r#"{"status":"never_happens"}"#), None);
}

#[test]
fn no_report_outweighs_how_the_process_ended() {
    let honest = report(NONCE, "a_fact", PASSED);
    assert_eq!(judged(End::Exited(1), &honest), ended_early(EndedEarly::Exit(1)));
    assert_eq!(judged(End::Exited(74), ""), ended_early(EndedEarly::Unsent));
    assert!(matches!(judged(End::Signalled(6), &honest), Outcome::Crashed(_)));
    assert!(matches!(judged(End::TimedOut, &honest), Outcome::TimedOut { .. }));
    let idle = judged(End::Idle, &honest);
    assert!(matches!(idle, Outcome::Failed { cause: Cause::Idle, .. }), "{idle:?}");
    let stalled = judged(End::Stalled, &honest);
    assert!(matches!(stalled, Outcome::Failed { cause: Cause::Stalled, .. }), "{stalled:?}");
}

#[test]
fn a_report_that_was_cut_short_never_passes() {
    let answer = Captured { bytes: report(NONCE, "a_fact", PASSED).into_bytes(), truncated: true };
    let empty = Captured::default;
    let finished = Finished {
        end: End::Exited(0),
        stdout: empty(),
        stderr: empty(),
        answer,
        claim: Claim::FromTheHarness,
        duration: Duration::ZERO,
        cpu: CpuTime::default(),
    };
    assert_eq!(judge(&request(), Asked::Check, SEAL, &finished), Ok(ended_early(EndedEarly::Malformed)));
}

#[test]
fn a_crash_shows_the_last_lines_without_their_escapes() {
    let Outcome::Crashed(crash) = judged(End::Signalled(11), "") else { panic!("no crash") };
    assert_eq!(crash.message(), "the process died of SIGSEGV:\nthread overflowed its stack\u{fffd}[2J");
    let silent = Crash { signal: 6, last_words: String::new() };
    assert_eq!(silent.message(), "the process died of SIGABRT");
}

#[test]
fn a_panic_is_the_learners_where_it_happened_in_the_learners_file() {
    let panic = |file: &str, message: &str| {
        let cause = format!(
            r#"{{"kind":"panic","message":"{message}","place":{{"file":"{file}","line":7,"column":1}},"thread":null}}"#
        );
        match claimed(&format!(r#"{{"status":"failed","cause":{cause},"execution":null}}"#)) {
            Outcome::Failed { cause, .. } => (cause.kind(), cause.message(None)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(panic("src/lib.rs", "boom"), (FailureKind::Panic, "boom (at src/lib.rs:7)".to_owned()));
    assert_eq!(panic("src/lib.rs", "not yet implemented: add").0, FailureKind::NotImplemented);
    assert_eq!(panic("check/main.rs", "1 != 2"), (FailureKind::Assertion, "1 != 2".to_owned()));
    // A check says what it finds out at a place of its own.
    let in_std = (FailureKind::Panic, "boom (in a call of `std`)".to_owned());
    assert_eq!(panic("/rustc/1f4c/library/core/src/x.rs", "boom"), in_std);
    assert_eq!(panic("library/core/src/x.rs", "boom").0, FailureKind::Assertion);
}

#[test]
fn a_panic_of_the_explorer_is_an_error_of_the_grader() {
    let broken =
        wire::Outcome::Internal { message: "broken\u{1b}".to_owned(), schedule: "1-0-0-0-02".to_owned() };
    let answer = report(NONCE, "a_fact", &serde_json::to_string(&broken).unwrap());
    let answer = finished(End::Exited(0), &answer);
    let model = Request { engine: Engine::Model, ..request() };
    let error = InternalError { message: "broken\u{fffd}".to_owned(), schedule: "1-0-0-0-02".to_owned() };
    assert_eq!(judge(&model, Asked::Check, SEAL, &answer), Err(error));
    // Where no explorer runs, nobody can say so.
    assert_eq!(judge(&request(), Asked::Check, SEAL, &answer), Ok(ended_early(EndedEarly::Malformed)));
}

#[test]
fn a_call_that_cannot_be_modelled_is_no_verdict() {
    let outcome = claimed(
        r#"{"status":"unsupported","message":"too many threads","call":"thread::spawn","place":{"file":"src/lib.rs","line":9,"column":1}}"#,
    );
    let Outcome::Unsupported(unsupported @ Unsupported::NoModel { .. }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(unsupported.message(), "`thread::spawn` at src/lib.rs:9: too many threads");
}

#[test]
fn more_threads_than_the_model_has_are_a_limit_that_was_hit() {
    let Outcome::Failed { cause, .. } = claimed(r#"{"status":"too_many_threads","most":64}"#) else {
        panic!("no failure")
    };
    assert_eq!(
        (cause.kind(), cause.message(None).as_str()),
        (FailureKind::ThreadLimit, "the check had more than 64 threads at once")
    );
}

const LOCK: &str = r#"{"kind":"mutex","number":1,"created":{"file":"src/lib.rs","line":1,"column":1}}"#;
const MAIN: &str = r#"{"name":"main"}"#;

/// An execution with these threads, objects, steps and waits.
fn execution(threads: &str, objects: &str, steps: &str, waiting: &str) -> String {
    format!(
        r#"{{"schedule":"1-0-0-0-02","threads":[{threads}],"objects":[{objects}],"steps":[{steps}],"panics":[],"waiting":[{waiting}]}}"#
    )
}

fn failed(cause: &str, execution: &str) -> Outcome {
    claimed(&format!(r#"{{"status":"failed","cause":{cause},"execution":{execution}}}"#))
}

fn deadlock(execution: &str) -> Outcome {
    failed(r#"{"kind":"deadlock"}"#, execution)
}

fn step(thread: u64, operation: &str) -> String {
    step_in("src/lib.rs", 3, thread, operation)
}

fn step_in(file: &str, line: u32, thread: u64, operation: &str) -> String {
    format!(
        r#"{{"thread":{thread},"operation":{operation},"place":{{"file":"{file}","line":{line},"column":9}}}}"#
    )
}

#[test]
fn a_report_that_refers_to_what_is_not_there_is_malformed() {
    let clear = |object: u64| format!(r#"{{"kind":"clear_poison","lock":{object}}}"#);
    let load = |from: u32| {
        let word = r#"{"bits":1,"format":"unsigned"}"#;
        format!(
            r#"{{"kind":"load","atomic":0,"value":{word},"order":"Relaxed","reads":{{"from":{from},"newest":null}}}}"#
        )
    };
    let waits = |thread: u32, wait: &str| {
        format!(r#"{{"thread":{thread},"wait":{wait},"place":{{"file":"src/lib.rs","line":3,"column":9}}}}"#)
    };
    let whole = execution(MAIN, LOCK, &step(0, &clear(0)), &waits(0, r#"{"kind":"lock","lock":0}"#));
    assert!(matches!(deadlock(&whole), Outcome::Failed { cause: Cause::Deadlock, .. }), "{whole}");

    let with_step = |step: &str| execution(MAIN, LOCK, step, "");
    let with_wait = |wait: &str| execution(MAIN, LOCK, "", wait);
    let panic = r#"{"kind":"panic","message":"m","place":null,"thread":1}"#;
    let endless =
        r#"{"kind":"too_many_steps","limit":9,"place":{"file":"src/lib.rs","line":1,"column":1},"thread":0}"#;
    let malformed = [
        deadlock(&with_step(&step(1, &clear(0)))),
        deadlock(&with_step(&step(0, &clear(1)))),
        deadlock(&with_step(&step(0, &clear(u64::from(u32::MAX))))),
        deadlock(&with_step(&step(0, &clear(u64::MAX)))),
        deadlock(&with_step(&step(0, &load(0)))),
        deadlock(&with_step(&step(0, r#"{"kind":"spawn","thread":1}"#))),
        deadlock(&with_step(&step(0, r#"{"kind":"cheat","lock":0}"#))),
        deadlock(&with_step(&step_in("src/lib.rs", 0, 0, &clear(0)))),
        deadlock(&with_wait(&waits(1, r#"{"kind":"park"}"#))),
        deadlock(&with_wait(&waits(0, r#"{"kind":"join","thread":1}"#))),
        deadlock(&with_wait(&waits(0, r#"{"kind":"lock","lock":1}"#))),
        failed(panic, &with_step(&step(0, &clear(0)))),
        failed(endless, "null"),
    ];
    for outcome in malformed {
        assert_eq!(outcome, ended_early(EndedEarly::Malformed));
    }
}

#[test]
fn a_report_of_more_than_an_execution_can_have_is_malformed() {
    let many = |text: &str, count: usize| vec![text; count].join(",");
    let yields = step_in("", 1, 0, r#"{"kind":"yield"}"#);
    for execution in [
        execution(&many(MAIN, 1_001), LOCK, "", ""),
        execution(MAIN, &many(LOCK, 20_001), "", ""),
        execution(MAIN, LOCK, &many(&yields, 50_001), ""),
    ] {
        assert_eq!(deadlock(&execution), ended_early(EndedEarly::Malformed));
    }
}

#[test]
fn texts_in_an_execution_are_cleaned_and_short() {
    let name = format!(r#"{{"name":"\u001b[2J\n{}"}}"#, "x".repeat(1_000));
    let outcome = deadlock(&execution(&name, "", &step(0, r#"{"kind":"yield"}"#), ""));
    let Outcome::Failed { execution: Some(execution), .. } = outcome else { panic!("{outcome:?}") };
    let name = &execution.threads[0].name;
    assert!(name.starts_with("\u{fffd}[2J x") && name.len() < 300, "{name:?}");
}

#[test]
fn steps_of_the_check_itself_name_no_file() {
    let yields = r#"{"kind":"yield"}"#;
    let steps = [step(0, yields), step_in("check/main.rs", 3, 0, yields)].join(",");
    let outcome = deadlock(&execution(MAIN, "", &steps, ""));
    let Outcome::Failed { execution: Some(execution), .. } = outcome else { panic!("{outcome:?}") };
    let places = execution.steps.iter().map(|step| in_submission(&step.place));
    let lines: Vec<_> = places.map(|place| place.map(|place| (&*place.file, place.line))).collect();
    assert_eq!(lines, [Some(("src/lib.rs", 3)), None]);
    assert!(!format!("{execution:?}").contains("main.rs"), "{execution:?}");
}
