//! Code that ends, hangs, lies, makes noise or reaches out where a check runs it. None of it passes by that, and nothing
//! of it is left. `attacks` has an attack in each of its folders, with what has to come of it; `graders` tries them as
//! those who may have to grade them, and on systems that have less.

mod attack;
#[path = "../common/mod.rs"]
mod common;
mod graders;
mod remains;

use std::time::Duration;

use common::{entry, grade, grade_within, solution};
use grader::report::{CheckStatus, Engine, ExerciseReport, FailureKind, Verdict};

/// The solution with `code` at the beginning of `add`.
fn with(code: &str) -> String {
    solution().replace("let mut count = self.count", &format!("{code}\n        let mut count = self.count"))
}

fn kind(report: &ExerciseReport, name: &str, engine: Engine) -> Option<FailureKind> {
    entry(report, name, engine).failure.as_ref().map(|failure| failure.kind)
}

#[test]
fn noise_is_no_failure() {
    let report = grade(&with(r#"eprintln!("{}", "\u{1b}[2J noise ".repeat(1000));"#));
    assert_eq!(report.verdict, Verdict::Accepted, "{report:#?}");
}

/// With a glob, a check would take the submission's `u64` for that of the language.
#[test]
fn a_type_that_is_equal_to_every_number_is_not_the_one_that_was_asked_for() {
    let lie = "pub use lie::u64;\nmod lie {\n    #[allow(non_camel_case_types)]\n    #[derive(Debug)]\n    pub struct u64;\n    impl PartialEq<std::primitive::u64> for u64 {\n        fn eq(&self, _: &std::primitive::u64) -> bool {\n            true\n        }\n    }\n}\n";
    let source = solution().replace("Mutex<u64>", "Mutex<std::primitive::u64>").replace("*count\n", "u64\n");
    let report = grade(&format!("{source}{lie}"));
    assert_eq!((report.verdict, report.points), (Verdict::CompileError, 0), "{report:#?}");
    let says = |text: &str| report.diagnostics.iter().any(|diagnostic| diagnostic.message.contains(text));
    assert!(says("`Tally::add(&self) -> u64` is missing or differs"), "{:#?}", report.diagnostics);
}

#[test]
fn a_panic_in_another_thread_is_told_where_it_happened() {
    let report = grade(&with("if std::thread::current().name().is_none() { panic!(\"over there\") }"));
    let check = entry(&report, "together::no_call_is_lost", Engine::Stress);
    let failure = check.failure.as_ref().expect("a failure");
    assert_eq!(failure.kind, FailureKind::Panic, "{failure:#?}");
    assert!(failure.message.starts_with("over there (at src/lib.rs:"), "{}", failure.message);
}

#[cfg(target_os = "linux")]
#[test]
fn a_deadlock_on_real_threads_is_found_without_waiting_for_the_limit() {
    let report = grade(&with("let _first = self.count.lock().unwrap();"));
    let check = entry(&report, "one_thread_counts", Engine::Stress);
    assert_eq!(kind(&report, "one_thread_counts", Engine::Stress), Some(FailureKind::Deadlock), "{check:#?}");
    assert!(check.duration_ms < 15_000, "{} ms", check.duration_ms);
    assert_eq!(kind(&report, "one_thread_counts", Engine::Model), Some(FailureKind::Deadlock));
}

#[test]
fn code_that_runs_for_ever_is_ended_at_the_limit() {
    let report = grade_within(Duration::from_secs(3), &with("loop { std::hint::black_box(0); }"));
    let check = entry(&report, "one_thread_counts", Engine::Stress);
    assert_eq!(check.status, CheckStatus::TimedOut, "{check:#?}");
    assert_eq!(report.verdict, Verdict::Rejected);
}

#[test]
fn a_message_without_an_end_is_still_that_of_a_panic() {
    let report = grade(&with(r#"panic!("{}", "é".repeat(10 << 20));"#));
    for engine in [Engine::Stress, Engine::Model] {
        let failure = entry(&report, "one_thread_counts", engine).failure.clone().expect("a failure");
        assert_eq!(failure.kind, FailureKind::Panic, "{engine:?}");
        assert!(failure.message.starts_with("ééé"), "{engine:?}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_of_a_submission_runs_once_its_report_is_out() {
    let at_the_end = "thread_local! { static END: End = const { End }; }\nstruct End;\nimpl Drop for End {\n    fn drop(&mut self) {\n        panic!(\"at the end\")\n    }\n}\n";
    let report = grade(&format!("{}\n{at_the_end}", with("END.with(|_| ());")));
    let status = |name| entry(&report, name, Engine::Stress).status;
    assert_eq!(status("one_thread_counts"), CheckStatus::Passed, "{report:#?}");
    // Its other thread ends before that, and so aborts the process.
    assert_eq!(status("together::no_call_is_lost"), CheckStatus::Crashed, "{report:#?}");
}
