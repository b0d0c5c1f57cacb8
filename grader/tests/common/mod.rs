//! Grades sources against the small project in `fixtures/`, and holds every report against the schema.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use grader::catalog::Catalog;
use grader::event::Event;
use grader::format::{Format, Json};
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::{CheckReport, Engine, ExerciseReport, FailureKind, Report, in_submission};
use grader::sandbox::Limits;
use grader::submission::Submission;
use grader::suite::Selection;
use serde_json::json;
use tempfile::TempDir;

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project")
}

pub fn project() -> Project {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    Project::at(workspace).expect("a workspace").with_content(fixtures())
}

/// The reference of the small exercise.
pub fn solution() -> String {
    fs::read_to_string(fixtures().join("solutions/tally/src/lib.rs")).expect("the solution")
}

/// Wide: tests run beside each other.
const LIMIT: Duration = Duration::from_secs(60);

/// Grades one file.
pub fn grade(source: &str) -> ExerciseReport {
    grade_within(LIMIT, source)
}

/// Grades one file, with a limit for each check.
pub fn grade_within(limit: Duration, source: &str) -> ExerciseReport {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lib.rs");
    fs::write(&file, source).expect("a file");
    run(limit, &file, &["tally"]).exercises.remove(0)
}

/// Grades one file against a project in another folder.
pub fn grade_in(content: &Path, limits: Limits, source: &str) -> ExerciseReport {
    grade_selected_in(content, limits, source, Selection::All)
}

/// Grades one file against a project in another folder, by some of its checks.
pub fn grade_selected_in(
    content: &Path,
    limits: Limits,
    source: &str,
    selection: Selection<'_>,
) -> ExerciseReport {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lib.rs");
    fs::write(&file, source).expect("a file");
    let project = project().with_content(content.to_owned());
    let options = Options { limits, ..Options::new(2) };
    run_in(&project, options, &file, &["tally"], selection).exercises.remove(0)
}

/// A project in which the file that comes with the exercise has `text` at its end: it stands in for whatever hole of the
/// compiler lets a submission do that. Nothing scans it, and it may be unsafe.
pub fn with_given(text: &str) -> TempDir {
    let project = tempfile::tempdir().expect("a folder");
    copy(&fixtures(), project.path());
    let given = project.path().join("exercises/tally/src/given.rs");
    let own = fs::read_to_string(&given).expect("the given file");
    fs::write(&given, format!("{own}\n{text}")).expect("a file");
    project
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, &to).map(drop).expect("a file") }
    }
}

/// Grades whatever is at `path`.
pub fn grade_path(path: &Path, exercises: &[&str]) -> Report {
    run(LIMIT, path, exercises)
}

fn run(limit: Duration, path: &Path, exercises: &[&str]) -> Report {
    let limits = Limits { wall_seconds: limit.as_secs(), ..Limits::default() };
    run_with(Options { limits, ..Options::new(2) }, path, exercises)
}

fn run_with(options: Options, path: &Path, exercises: &[&str]) -> Report {
    run_in(&project(), options, path, exercises, Selection::All)
}

fn run_in(
    project: &Project,
    options: Options,
    path: &Path,
    exercises: &[&str],
    selection: Selection<'_>,
) -> Report {
    let catalog = Catalog::discover(project).expect("exercises");
    let exercises: Vec<String> = exercises.iter().map(|slug| (*slug).to_owned()).collect();
    let submission = Submission::open(path, &exercises, &catalog).expect("a submission");
    let nobody = |_: &Event| {};
    let grader = Grader::new(project, &catalog, options, &nobody).expect("a toolchain");
    let report = grader.grade_selected(&submission, selection).expect("a report");
    // By some of its checks an exercise still has the points of all.
    if matches!(selection, Selection::All) {
        validate(&report);
    }
    report
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(file).expect("the schema")).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("a schema")
});

/// Holds a report against the schema, and its sums against its parts.
pub fn validate(report: &Report) {
    let mut json = Vec::new();
    Json.write(report, &mut json).expect("memory takes everything");
    let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let errors: Vec<String> =
        SCHEMA.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    assert_eq!((&value["points"], &value["submission"]), (&json!(report.points), &json!(report.submission)));
    let exercises = value["exercises"].as_array().expect("a list");
    assert_eq!(exercises.len(), report.exercises.len());
    for (written, exercise) in exercises.iter().zip(&report.exercises) {
        assert_eq!(written["exercise"], json!(exercise.exercise));
        assert_eq!(written["verdict"], json!(exercise.verdict.as_str()));
        assert_eq!(written["diagnostics"].as_array().map(Vec::len), Some(exercise.diagnostics.len()));
        let checks = written["checks"].as_array().expect("a list");
        assert_eq!(checks.len(), exercise.checks.len());
        checks.iter().zip(&exercise.checks).for_each(|(written, check)| is_of(written, check));
    }
    assert_eq!(report.points, report.exercises.iter().map(|exercise| exercise.points).sum::<u32>());
    for exercise in &report.exercises {
        assert_eq!(exercise.points, exercise.checks.iter().map(|check| check.points).sum::<u32>());
        // What the grader could not run is neither lost nor won.
        let judged = exercise.checks.iter().filter(|check| {
            check.failure.as_ref().is_none_or(|failure| failure.kind != FailureKind::Unsupported)
        });
        assert_eq!(exercise.max_points, judged.map(|check| check.max_points).sum::<u32>());
    }
}

/// Holds what was written about a check against what is known about it.
fn is_of(written: &serde_json::Value, check: &CheckReport) {
    assert_eq!(written["name"], json!(check.name));
    assert_eq!(written["engine"], json!(check.engine.as_str()));
    assert_eq!(written["status"], json!(check.status.as_str()));
    assert_eq!(
        (&written["points"], &written["max_points"]),
        (&json!(check.points), &json!(check.max_points))
    );
    let Some(failure) = &check.failure else {
        assert_eq!(written["failure"], json!(null));
        return;
    };
    let written = &written["failure"];
    assert_eq!(written["kind"], json!(failure.kind.as_str()));
    assert_eq!((&written["message"], &written["token"]), (&json!(failure.message), &json!(failure.token)));
    let diagnosis = failure.diagnosis.as_ref().map(|diagnosis| diagnosis.kind.as_str());
    assert_eq!(written["diagnosis"].get("kind"), diagnosis.map(|kind| json!(kind)).as_ref());
    let steps = failure.recording.iter().flat_map(|recording| &recording.execution.steps);
    let places = steps.map(|step| in_submission(&step.place));
    let lines: Vec<_> = places.map(|place| place.map(|place| (place.file.to_string(), place.line))).collect();
    let told = written["trace"].as_array().expect("a list").iter();
    let told = told.map(|step| Some((step["file"].as_str()?.to_owned(), step["line"].as_u64()? as u32)));
    assert_eq!(told.collect::<Vec<_>>(), lines);
}

/// The entry of a check by an engine.
pub fn entry<'a>(report: &'a ExerciseReport, name: &str, engine: Engine) -> &'a CheckReport {
    let found = report.checks.iter().find(|check| check.name == name && check.engine == engine);
    found.unwrap_or_else(|| panic!("no {name} by {engine:?}"))
}
