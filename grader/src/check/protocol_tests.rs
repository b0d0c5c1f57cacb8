use std::time::Duration;

use super::*;

const NONCE: &str = "00ff";

fn request() -> Request {
    Request {
        task: Task::Judge {},
        nonce: NONCE.to_owned(),
        check: "a_fact".to_owned(),
        engine: Engine::Stress,
        preemptions: Some(3),
        executions: 1,
        seed: 0,
    }
}

fn judged(end: End, answer: &str) -> Outcome {
    let captured = |text: &str| Captured { bytes: text.as_bytes().to_vec(), truncated: false };
    judge(
        &request(),
        &Finished {
            end,
            // The oldest trick, in every run.
            stdout: captured("test result: ok. 1 passed; 0 failed\n"),
            stderr: captured("thread overflowed its stack\u{1b}[2J\n"),
            answer: captured(answer),
            duration: Duration::from_secs(1),
        },
    )
}

fn report(nonce: &str, check: &str, outcome: &str) -> String {
    format!("{{\"nonce\":\"{nonce}\",\"check\":\"{check}\",\"outcome\":{outcome},\"coverage\":null}}\n")
}

const PASSED: &str = r#"{"status":"passed"}"#;

#[test]
fn only_one_whole_report_with_the_nonce_and_an_exit_of_0_passes() {
    let honest = report(NONCE, "a_fact", PASSED);
    assert_eq!(judged(End::Exited(0), &honest), Outcome::Passed { coverage: None, example: None });

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
        assert!(
            matches!(outcome, Outcome::Failed { kind: FailureKind::EndedEarly, .. }),
            "{forgery:?}: {outcome:?}"
        );
    }
}

#[test]
fn no_report_outweighs_how_the_process_ended() {
    let honest = report(NONCE, "a_fact", PASSED);
    assert!(matches!(judged(End::Exited(1), &honest), Outcome::Failed { kind: FailureKind::EndedEarly, .. }));
    assert!(matches!(judged(End::Signalled(6), &honest), Outcome::Crashed { .. }));
    assert!(matches!(judged(End::TimedOut, &honest), Outcome::TimedOut { .. }));
    assert!(matches!(judged(End::Stalled, &honest), Outcome::Failed { kind: FailureKind::Deadlock, .. }));
}

#[test]
fn a_report_that_was_cut_short_never_passes() {
    let answer = Captured { bytes: report(NONCE, "a_fact", PASSED).into_bytes(), truncated: true };
    let empty = Captured::default;
    let ended =
        Finished { end: End::Exited(0), stdout: empty(), stderr: empty(), answer, duration: Duration::ZERO };
    assert!(matches!(judge(&request(), &ended), Outcome::Failed { .. }));
}

#[test]
fn a_crash_shows_the_last_lines_without_their_escapes() {
    let Outcome::Crashed { message } = judged(End::Signalled(11), "") else { panic!("no crash") };
    assert_eq!(message, "the process died of SIGSEGV:\nthread overflowed its stack\u{fffd}[2J");
}

#[test]
fn a_panic_is_the_learners_where_it_happened_in_the_learners_file() {
    let panic = |file: &str, message: &str| {
        let cause = format!(
            r#"{{"kind":"panic","message":"{message}","place":{{"file":"{file}","line":7,"column":1}},"thread":null}}"#
        );
        let told = format!(r#"{{"status":"failed","cause":{cause},"execution":null}}"#);
        match judged(End::Exited(0), &report(NONCE, "a_fact", &told)) {
            Outcome::Failed { kind, message, .. } => (kind, message),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(panic("src/lib.rs", "boom"), (FailureKind::Panic, "boom (at src/lib.rs:7)".to_owned()));
    assert_eq!(panic("src/lib.rs", "not yet implemented: add").0, FailureKind::NotImplemented);
    assert_eq!(panic("check/main.rs", "1 != 2"), (FailureKind::Assertion, "1 != 2".to_owned()));
    assert_eq!(panic("/rustc/library/core/src/x.rs", "boom").0, FailureKind::Assertion);
}

#[test]
fn a_call_that_cannot_be_modelled_is_no_verdict() {
    let told = r#"{"status":"unsupported","message":"too many threads","call":"thread::spawn","place":{"file":"src/lib.rs","line":9,"column":1}}"#;
    assert_eq!(
        judged(End::Exited(0), &report(NONCE, "a_fact", told)),
        Outcome::Unsupported { message: "`thread::spawn` at src/lib.rs:9: too many threads".to_owned() }
    );
}

/// A report of a deadlock of one thread, with one lock, after these steps.
fn deadlock(steps: &str) -> String {
    let object = r#"{"kind":"mutex","number":1,"created":{"file":"src/lib.rs","line":1,"column":1}}"#;
    let execution = format!(
        r#"{{"schedule":"1-0-0-0-02","threads":[{{"name":"main"}}],"objects":[{object}],"steps":[{steps}],"waiting":[]}}"#
    );
    format!(r#"{{"status":"failed","cause":{{"kind":"deadlock"}},"execution":{execution}}}"#)
}

#[test]
fn a_step_that_refers_to_nothing_makes_a_report_malformed() {
    let step = |thread: u32, object: u32| {
        format!(
            r#"{{"thread":{thread},"operation":{{"kind":"clear_poison","lock":{object}}},"place":{{"file":"src/lib.rs","line":3,"column":9}}}}"#
        )
    };
    let judged = |steps: &str| judged(End::Exited(0), &report(NONCE, "a_fact", &deadlock(steps)));
    assert!(matches!(judged(&step(0, 0)), Outcome::Failed { kind: FailureKind::Deadlock, .. }));
    for steps in [step(1, 0), step(0, 1), step(0, 0).replace("clear_poison", "cheat")] {
        let outcome = judged(&steps);
        assert!(matches!(outcome, Outcome::Failed { kind: FailureKind::EndedEarly, .. }), "{outcome:?}");
    }
}

#[test]
fn steps_of_the_check_itself_name_no_file() {
    let step = |file: &str| {
        format!(
            r#"{{"thread":0,"operation":{{"kind":"yield"}},"place":{{"file":"{file}","line":3,"column":9}}}}"#
        )
    };
    let told = deadlock(&[step("src/lib.rs"), step("check/main.rs")].join(","));
    let Outcome::Failed { execution: Execution { trace, .. }, .. } =
        judged(End::Exited(0), &report(NONCE, "a_fact", &told))
    else {
        panic!("passed")
    };
    assert_eq!((trace[0].file.as_deref(), trace[0].line, trace[0].step), (Some("src/lib.rs"), Some(3), 1));
    assert_eq!((trace[1].file.as_deref(), trace[1].line, trace[1].step), (None, None, 2));
}

#[test]
fn places_in_the_checks_are_not_named() {
    let told = "main waits for the end of T2 at checks/instruments.rs:15; T2 waits at src/lib.rs:127";
    let shown = "main waits for the end of T2 (in the check); T2 waits at src/lib.rs:127";
    assert_eq!(without_check_places(told), shown);
    assert_eq!(without_check_places("at home at last"), "at home at last");
}
