//! From a source to its verdict, through the whole pipeline, on a small exercise.

use crate::common;
use std::fs;

use crate::common::{entry, grade, grade_path, solution};
use grader::report::{CheckStatus, Engine, FailureKind, Verdict, in_submission};
use model_trace::Limit;

#[test]
fn the_solution_is_accepted_with_full_points_and_a_complete_search() {
    let report = grade(&solution());
    assert_eq!((report.verdict, report.points), (Verdict::Accepted, 100), "{report:#?}");
    let search = entry(&report, "together::no_call_is_lost", Engine::Model).coverage.expect("a search");
    assert!(search.complete && search.executions > 1, "{search:?}");
    assert_eq!(entry(&report, "together::no_call_is_lost", Engine::Stress).coverage, None);
}

#[test]
fn a_lost_update_is_rejected_with_the_schedule_that_loses_it_and_partial_credit() {
    let source = solution().replace(
        "let mut count = self.count.lock().unwrap();\n        *count += STEP;\n        *count",
        "let seen = *self.count.lock().unwrap();\n        *self.count.lock().unwrap() = seen + STEP;\n        seen + STEP",
    );
    let report = grade(&source);
    assert_eq!(report.verdict, Verdict::Rejected);
    assert_eq!(entry(&report, "one_thread_counts", Engine::Model).status, CheckStatus::Passed);
    let check = entry(&report, "together::no_call_is_lost", Engine::Model);
    let failure = check.failure.as_ref().expect("a failure");
    assert_eq!((check.status, failure.kind), (CheckStatus::Failed, FailureKind::Assertion));
    assert!(failure.message.contains("every call counts"), "{}", failure.message);
    let line = u32::try_from(1 + source.lines().position(|line| line.contains("let seen")).expect("a line"))
        .expect("small");
    let steps = &failure.recording.as_ref().expect("an execution").execution.steps;
    let places: Vec<_> = steps.iter().filter_map(|step| in_submission(&step.place)).collect();
    assert!(places.iter().any(|place| place.file == "src/lib.rs" && place.line == line));
    assert!(places.iter().all(|place| place.file == "src/lib.rs"));
    assert!(report.points > 0 && report.points < 100);
}

#[test]
fn the_stub_is_not_started_and_a_part_of_it_is_rejected() {
    let stub = fs::read_to_string(common::fixtures().join("exercises/tally/src/lib.rs")).expect("the stub");
    let report = grade(&format!("// my own note\n{stub}"));
    assert_eq!((report.verdict, report.points), (Verdict::NotStarted, 0));
    // In its own folder the stub cannot be compared with itself.
    let in_place = grade_path(&common::fixtures().join("exercises"), &[]);
    assert_eq!((in_place.exercises[0].verdict, in_place.points), (Verdict::NotStarted, 0));
    let part = solution()
        .replace("*count += STEP;", "if *count == 2 { todo!(\"the third call\") }\n *count += STEP;");
    let report = grade(&part);
    assert_eq!(report.verdict, Verdict::Rejected, "{report:#?}");
}

#[test]
fn a_syntax_error_is_told_by_rustc_with_the_learners_line() {
    let report = grade("mod given;\npub struct Tally;\nimpl Tally {\n    pub fn new( -> Self {}\n");
    assert_eq!(report.verdict, Verdict::CompileError);
    let first = &report.diagnostics[0];
    assert_eq!(first.file.as_deref(), Some("src/lib.rs"));
    assert!(first.line.is_some_and(|line| line >= 3), "{first:?}");
    assert!(first.rendered.as_ref().is_some_and(|text| text.contains("--> src/lib.rs:")), "{first:?}");
    assert!(report.checks.iter().all(|check| check.status == CheckStatus::Skipped));
}

#[test]
fn a_type_error_carries_rustcs_code() {
    let report = grade(&solution().replace("Mutex::new(0)", "Mutex::new(\"0\")"));
    assert_eq!(report.verdict, Verdict::CompileError);
    assert_eq!(report.diagnostics[0].code.as_deref(), Some("E0308"));
    assert!(report.diagnostics.iter().all(|diagnostic| diagnostic.file.as_deref() == Some("src/lib.rs")));
}

#[test]
fn a_changed_signature_names_the_item_of_the_contract() {
    let missing = grade(&solution().replace("pub fn add", "pub fn plus"));
    assert_eq!(missing.verdict, Verdict::CompileError);
    assert_eq!(missing.diagnostics.len(), 1, "{:#?}", missing.diagnostics);
    let message = &missing.diagnostics[0].message;
    assert!(message.starts_with("contract: `Tally::add(&self) -> u64` is missing or differs: "), "{message}");
    assert_eq!(missing.diagnostics[0].rendered, None, "no line of the suite is shown");

    let differs = grade(
        &solution().replace("-> u64 {", "-> u32 {").replace("        *count\n", "        *count as u32\n"),
    );
    assert!(
        differs.diagnostics[0].message.contains("`Tally::add(&self) -> u64`"),
        "{:#?}",
        differs.diagnostics
    );

    let no_trait = grade(&solution().replace("#[derive(Debug)]", ""));
    assert!(no_trait.diagnostics[0].message.contains("`Tally: Debug`"), "{:#?}", no_trait.diagnostics);
}

#[test]
fn warnings_do_not_count_even_where_the_learner_denies_them() {
    let source = format!("#![deny(warnings)]\n{}\nfn never_called() {{ let unused = 1; }}\n", solution());
    assert_eq!(grade(&source).verdict, Verdict::Accepted);
}

#[test]
fn contracts_are_judged_by_what_rustc_says_about_them() {
    let copied = solution()
        .replace(
            "use std::sync::Mutex;",
            "use std::sync::atomic::{AtomicU64, Ordering};\nstatic COUNT: AtomicU64 = AtomicU64::new(0);",
        )
        .replace("#[derive(Debug)]", "#[derive(Debug, Clone, Copy)]")
        .replace("    count: Mutex<u64>,\n", "")
        .replace("Self { count: Mutex::new(0) }", "Self {}")
        .replace(
            "let mut count = self.count.lock().unwrap();\n        *count += STEP;\n        *count",
            "COUNT.fetch_add(STEP, Ordering::SeqCst) + STEP",
        );
    let report = grade(&copied);
    let check = entry(&report, "tally_is_not_copied", Engine::Contract);
    assert_eq!(
        check.failure.as_ref().map(|failure| failure.kind),
        Some(FailureKind::Compiles),
        "{report:#?}"
    );
    assert_eq!((check.points, check.max_points), (0, 5));
    assert_eq!(entry(&report, "tally_is_shared", Engine::Contract).points, 5);
}

#[test]
fn what_the_policy_forbids_is_not_compiled() {
    let report = grade(&format!("{}\nfn leave() {{ std::process::exit(0) }}\n", solution()));
    assert_eq!((report.verdict, report.points), (Verdict::Forbidden, 0));
    assert_eq!(report.diagnostics[0].file.as_deref(), Some("src/lib.rs"));
    let report = grade(&solution().replace("Mutex", "RwLock").replace(".lock()", ".write()"));
    assert_eq!(report.verdict, Verdict::Forbidden, "the suite's own ban");
}

#[test]
fn given_files_come_from_the_project_and_nothing_else_of_a_submission_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join("tally").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("src/lib.rs", &solution());
    write("src/given.rs", "pub const STEP: u64 = 100;");
    write("Cargo.toml", "this is not a manifest");
    write("build.rs", "fn main() { panic!() }");
    write("rust-toolchain.toml", "[toolchain]\nchannel = \"none\"");
    write(".cargo/config.toml", "[build]\nrustc = \"/bin/false\"");
    let report = grade_path(folder.path(), &[]);
    assert_eq!(report.exercises[0].verdict, Verdict::Accepted, "{report:#?}");
}

#[test]
fn reference_counts_are_named_where_the_work_looks_at_them() {
    let counts = "\nfn shared(count: &std::sync::Arc<u64>) -> bool {\n    std::sync::Arc::strong_count(count) > 1\n}\n";
    let source = solution() + counts + "pub fn alone() -> bool { shared(&std::sync::Arc::new(1)) }\n";
    let report = grade(&source);
    assert_eq!(report.verdict, Verdict::Accepted, "{report:#?}");
    let line = source.lines().position(|line| line.contains("strong_count")).expect("the line") + 1;
    let places: Vec<_> =
        report.reference_counts.iter().map(|it| (it.file.as_str(), it.line as usize)).collect();
    assert_eq!(places, [("src/lib.rs", line)]);
    let covered = report.checks.iter().filter_map(|check| check.coverage);
    assert!(covered.clone().count() > 0);
    assert!(covered.into_iter().all(|coverage| coverage.limits.contains(Limit::ReferenceCounts)));

    let plain = grade(&solution());
    assert!(plain.reference_counts.is_empty());
    let mut covered = plain.checks.iter().filter_map(|check| check.coverage);
    assert!(covered.all(|coverage| !coverage.limits.contains(Limit::ReferenceCounts)));
}
