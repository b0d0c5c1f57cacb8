use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model_trace::{ObjectKind, StepId};
use sha2::{Digest, Sha256};

use crate::report::samples::{self, MAIN, T1, T2, lock, recording, unlock};
use crate::report::{
    CheckReport, CheckStatus, Citation, Diagnosis, Diagnostic, Engine, ExerciseReport, Failure, FailureKind,
    Mistake, Recording, Role, SourceFile, Verdict,
};

/// Everything that a submission could try, in one text.
const HOSTILE: &str = "</script><script>document.title='pwned'</script><img src=x onerror=alert(1)>\
                       --><!-- ]]> \" ' & \u{2028}\u{2029}";

/// Threads that acquire and release a lock, with `text` as the names of all but `main`.
fn executed(text: &str, steps: u32) -> Recording {
    let step = |number: u32| {
        let operation = if number.is_multiple_of(3) { unlock(0) } else { lock(0) };
        (if number.is_multiple_of(2) { T1 } else { MAIN }, operation, 1 + number)
    };
    let steps: Vec<_> = (1..=steps).map(step).collect();
    let mut recording = recording(&[(text, ObjectKind::Mutex)], &steps);
    for thread in [T1, T2] {
        recording.execution.threads[thread as usize].name = text.to_owned();
    }
    recording
}

fn failure(text: &str, steps: u32) -> Failure {
    let cited = vec![Citation { step: StepId(1), role: Role::Waits }];
    Failure {
        kind: FailureKind::Deadlock,
        message: text.to_owned(),
        panic: None,
        explanation: text.to_owned(),
        diagnosis: Some(Diagnosis {
            kind: Mistake::LostWakeup,
            message: text.to_owned(),
            steps: cited,
            lines: Vec::new(),
        }),
        place: None,
        function: None,
        about: std::collections::BTreeSet::new(),
        alone: false,
        is_of_a_fact: false,
        token: Some("0123-token".to_owned()),
        recording: Some(executed(text, steps)),
    }
}

fn check(number: usize, text: &str, steps: u32) -> CheckReport {
    CheckReport {
        name: format!("check_{number}"),
        title: text.to_owned(),
        engine: Engine::Model,
        status: CheckStatus::Failed,
        points: 0,
        max_points: 2,
        duration_ms: 40,
        coverage: None,
        failure: Some(failure(text, steps)),
        example: None,
        second_opinion: None,
    }
}

/// A report in which `text` stands wherever a submission has a hand in it.
fn report(text: &str, failures: usize, steps: u32, source: &str) -> Report {
    let checks: Vec<_> = (0..failures).map(|number| check(number, text, steps)).collect();
    let exercise = ExerciseReport {
        max_points: 100,
        diagnostics: vec![Diagnostic::error(text).with_code(text).in_file(text)],
        sources: vec![SourceFile { name: "src/lib.rs".to_owned(), text: source.to_owned() }],
        ..samples::exercise("connection-pool", checks)
    };
    Report { submission: text.to_owned(), ..samples::report(vec![exercise]) }
}

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    Html.write(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

/// What is between the tags of elements that begin with `opening`.
fn contents<'a>(page: &'a str, opening: &str, closing: &str) -> Vec<&'a str> {
    page.split(opening)
        .skip(1)
        .map(|part| {
            let (_, inside) = part.split_once('>').expect("the tag ends");
            inside.split_once(closing).expect("the element ends").0
        })
        .collect()
}

#[test]
fn what_a_submission_says_is_never_markup() {
    let page = page(&report(HOSTILE, 1, 4, HOSTILE));
    assert!(!page.contains("<script>document"), "{page}");
    assert!(!page.contains("<img") && !page.contains("<!--") && !page.contains("]]>"), "{page}");
    assert!(!page.contains(['\u{2028}', '\u{2029}']), "{page}");
    // It is there all the same, as text.
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;document.title='pwned'"), "{page}");
    let scripts = contents(&page, "<script", "</script>");
    assert_eq!(scripts.len(), 3, "sources, one failure, and the script itself");
    assert_eq!(scripts[2], SCRIPT);
    let sources: Vec<(String, String)> = serde_json::from_str(scripts[0]).expect("JSON");
    assert_eq!(sources, [("src/lib.rs".to_owned(), HOSTILE.to_owned())]);
    let data: serde_json::Value = serde_json::from_str(scripts[1]).expect("JSON");
    assert_eq!(data["objects"][0][0], HOSTILE);
    assert_eq!(data["threads"][1], HOSTILE);
}

#[test]
fn the_policy_names_exactly_this_script_and_this_style() {
    let page = page(&report("x", 1, 4, "fn main() {}\n"));
    let policy = page.split_once("content=\"").expect("a policy").1.split_once('"').expect("its end").0;
    let hashes = |of: &str| BASE64_STANDARD.encode(Sha256::digest(of.as_bytes()));
    let script = contents(&page, "<script type=\"module\"", "</script>")[0];
    let style = contents(&page, "<style", "</style>")[0];
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains(&format!("script-src 'sha256-{}'", hashes(script))), "{policy}");
    assert!(policy.contains(&format!("style-src 'sha256-{}'", hashes(style))), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    // The policy would refuse them, for no visible reason.
    assert!(!page.contains(" style=") && !page.contains(" onclick="), "{page}");
}

#[test]
fn the_scripts_only_ever_write_text() {
    for way in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "</script"]
    {
        assert!(!SCRIPT.contains(way), "{way}");
    }
}

#[test]
fn fifty_failures_fit_into_three_megabytes() {
    let source = "    let guard = self.state.lock().unwrap(); // a line of ordinary length\n".repeat(300);
    let page = page(&report("a name of ordinary length", 50, 60, &source));
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert_eq!(contents(&page, "<script type=\"application/json\"", "</script>").len(), 51);
}

#[test]
fn a_long_execution_loses_its_middle_and_says_so() {
    let page = page(&report("x", 1, 5_000, "fn main() {}\n"));
    let data = contents(&page, "<script type=\"application/json\"", "</script>")[1];
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["steps"].as_array().map(Vec::len), Some(500));
    assert_eq!(data["changes"].as_array().map(Vec::len), Some(501));
    assert_eq!(data["left_out"], serde_json::json!([151, 4650]));
    assert_eq!(data["steps"][150]["step"], 4651);
}

#[test]
fn a_failure_comes_with_its_diagnosis_and_the_commands_to_go_on_with() {
    let page = page(&report("T1 forgot", 1, 4, "fn main() {}\n"));
    let diagnosis = page.find("The mistake: ").expect("a diagnosis");
    let trace = page.find("Step through it: 4 steps").expect("a trace");
    assert!(diagnosis < trace, "the mistake comes before the steps");
    assert!(page.contains("cargo xtask explain lost_wakeup"), "{page}");
    let data = contents(&page, "<script type=\"application/json\"", "</script>")[1];
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    let cited: Vec<bool> = (0..4).map(|step| data["steps"][step]["cited"].is_string()).collect();
    assert_eq!(cited, [false, true, false, false], "the steps that the diagnosis rests on are marked");
    assert!(page.contains("cargo xtask replay 0123-token"), "{page}");
}

#[test]
fn an_accepted_submission_has_nothing_to_step_through() {
    let mut report = report("x", 1, 4, "fn main() {}\n");
    let exercise = &mut report.exercises[0];
    exercise.verdict = Verdict::Accepted;
    exercise.diagnostics.clear();
    exercise.checks[0] =
        CheckReport { status: CheckStatus::Passed, points: 2, failure: None, ..exercise.checks[0].clone() };
    let page = page(&report);
    assert!(page.contains("1 check passed") && page.contains("accepted"), "{page}");
    assert!(!page.contains("<details") && !page.contains("application/json"), "{page}");
}
