//! The second opinion: what it says beside the model's verdict, and that the suites say truly which checks loom
//! can judge.

use crate::common;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;

use crate::common::{entry, fixtures, validate};
use grader::catalog::{Catalog, Exercise};
use grader::event::Event;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::{Agreement, Engine, ExerciseReport, OpinionStatus, SecondOpinion};
use grader::submission::{Submission, Work};
use grader::suite::{Loom, Suite};

const CHECK: &str = "together::no_call_is_lost";

fn workspace() -> Project {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    Project::at(workspace).expect("a workspace")
}

/// Grades a file of the small project, with a second opinion.
fn grade(source: &str) -> ExerciseReport {
    let project = workspace().with_content(fixtures());
    let catalog = Catalog::discover(&project).expect("exercises");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lib.rs");
    fs::write(&file, source).expect("a file");
    let submission = Submission::open(&file, &["tally".to_owned()], &catalog).expect("a submission");
    let nobody = |_: &Event| {};
    let options = Options { second_opinion: true, ..Options::new(2) };
    let grader = Grader::new(&project, &catalog, options, &nobody).expect("a toolchain");
    let mut report = grader.grade(&submission).expect("a report");
    validate(&report);
    report.exercises.remove(0)
}

fn opinion<'a>(report: &'a ExerciseReport, name: &str) -> &'a SecondOpinion {
    entry(report, name, Engine::Model).second_opinion.as_ref().expect("loom was asked")
}

/// The reference of the small exercise with another field and another `add`.
fn tally(field: &str, new: &str, add: &str) -> String {
    common::solution()
        .replace("count: Mutex<u64>,", field)
        .replace("Self { count: Mutex::new(0) }", new)
        .replace("let mut count = self.count.lock().unwrap();\n        *count += STEP;\n        *count", add)
}

#[test]
fn loom_agrees_with_the_model_on_what_is_right_and_on_what_is_wrong() {
    let right = grade(&common::solution());
    assert_eq!(right.points, right.max_points);
    let of_right = opinion(&right, CHECK);
    assert_eq!((of_right.status, of_right.agreement), (OpinionStatus::Passed, Some(Agreement::Agree)));
    let stress = entry(&right, CHECK, Engine::Stress);
    assert_eq!(stress.second_opinion, None, "loom is asked about what the model judges");

    let wrong = grade(&tally(
        "count: std::sync::atomic::AtomicU64,",
        "Self { count: std::sync::atomic::AtomicU64::new(0) }",
        "use std::sync::atomic::Ordering::SeqCst;\n        let count = self.count.load(SeqCst) + STEP;\n        self.count.store(count, SeqCst);\n        count",
    ));
    let of_wrong = opinion(&wrong, CHECK);
    assert_eq!((of_wrong.status, of_wrong.agreement), (OpinionStatus::Failed, Some(Agreement::Agree)));
    assert!(of_wrong.message.contains("every call counts"), "{}", of_wrong.message);
    assert!(of_wrong.calls.iter().any(|call| call.call == "store SeqCst" && call.line.is_some()));
}

#[test]
fn what_loom_cannot_express_is_said_with_its_line_and_is_no_verdict() {
    let source = tally(
        "count: Mutex<u64>,",
        "Self { count: Mutex::new(0) }",
        "let mut count = self.count.lock().unwrap();\n        std::thread::scope(|_| ());\n        *count += STEP;\n        *count",
    );
    let line = source.lines().position(|line| line.contains("thread::scope")).expect("the line") + 1;
    let report = grade(&source);
    assert_eq!(report.points, report.max_points, "it changes no points");
    let opinion = opinion(&report, CHECK);
    assert_eq!((opinion.status, opinion.agreement), (OpinionStatus::NotExpressible, None));
    let said = format!("not expressible in loom: thread::scope (src/lib.rs:{line}): loom has none");
    assert_eq!(opinion.message, said);
}

#[test]
fn an_atomic_in_a_static_is_not_expressible() {
    let source = tally(
        "_unused: (),",
        "Self { _unused: () }",
        "static COUNT: Mutex<u64> = Mutex::new(0);\n        let mut count = COUNT.lock().unwrap();\n        *count += STEP;\n        *count",
    );
    let report = grade(&source);
    let opinion = opinion(&report, CHECK);
    assert_eq!(opinion.status, OpinionStatus::NotExpressible);
    assert!(
        opinion.message.starts_with(
            "not expressible in loom: a lock or an atomic in a `static` or a `const` (src/lib.rs:"
        ),
        "{}",
        opinion.message
    );
}

/// Where the suite's word on one of its checks is not what loom does with the reference solution.
fn unproved(grader: &Grader<'_>, project: &Project, exercise: &Exercise) -> Option<String> {
    let slug = &exercise.slug;
    let suite = Suite::load(&project.suite(slug)).expect("a suite");
    let solution = project.solution(slug);
    let work = Work::in_folder(exercise, &solution, &solution).expect("the solution");
    let opinions: BTreeMap<String, SecondOpinion> =
        grader.second_opinions(&work).expect("opinions").into_iter().collect();
    let by_the_model = |engines: &[(Engine, u32)]| engines.iter().any(|(engine, _)| *engine == Engine::Model);
    let mut wrong = Vec::new();
    for check in suite.checks.iter().filter(|check| by_the_model(&check.engines)) {
        let opinion = opinions.get(&check.name).unwrap_or_else(|| panic!("no opinion on {}", check.name));
        let is_so = match &check.loom {
            Loom::Judges => opinion.status == OpinionStatus::Passed,
            // It names what the message names first: the call, or what there is instead of one.
            // What is drawn at random from too many interleavings for loom's search is asked for all the same.
            Loom::CannotJudge { reason } if reason == "sampled schedules" => {
                check.sampling.is_some() && opinion.status == OpinionStatus::Cut
            }
            Loom::CannotJudge { reason } => {
                opinion.status == OpinionStatus::NotExpressible
                    && opinion.message.starts_with(&format!("not expressible in loom: {reason}"))
            }
        };
        if !is_so {
            wrong.push(format!("{}: {:?}, but {}", check.name, check.loom, opinion.message));
        }
    }
    (!wrong.is_empty()).then(|| format!("{slug}:\n{}", wrong.join("\n")))
}

#[test]
fn every_suite_says_what_loom_can_judge() {
    let project = workspace();
    let catalog = Catalog::discover(&project).expect("exercises");
    let nobody = |_: &Event| {};
    // All at once, with as few compilers and checks at a time as ever: most of an exercise's time it has only one.
    let grader = Grader::new(&project, &catalog, Options::new(2), &nobody).expect("a toolchain");
    let wrong: Vec<String> = thread::scope(|scope| {
        let (grader, project) = (&grader, &project);
        let unproved = |exercise| scope.spawn(move || unproved(grader, project, exercise));
        let threads: Vec<_> = catalog.exercises().iter().map(unproved).collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
