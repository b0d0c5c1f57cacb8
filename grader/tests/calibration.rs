//! Calibration proves a suite that holds, and says what is wrong with one that does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{fixtures, project};
use grader::calibrate::{Fixture, Known, Thoroughness, fixtures as fixtures_of, prove_bases, sample};
use grader::catalog::Catalog;
use grader::event::Event;
use grader::mutant::Mutant;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use tempfile::TempDir;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        match entry.path() {
            path if path.is_dir() => copy(&path, &to.join(entry.file_name())),
            path => drop(fs::copy(path, to.join(entry.file_name())).expect("a copy")),
        }
    }
}

/// Calibrates the small project in `content`: each fixture with its faults.
fn calibrate(content: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let project = project().with_content(content.to_owned());
    let catalog = Catalog::discover(&project).map_err(|fault| fault.to_string())?;
    let nobody = |_: &Event| {};
    let grader =
        Grader::new(&project, &catalog, Options::new(2), &nobody).map_err(|fault| fault.to_string())?;
    let fixtures = fixtures_of(&project, &catalog, &[]).map_err(|error| error.to_string())?;
    let done = grader.in_parallel(&fixtures, |fixture| fixture.calibrate(&grader, Thoroughness::Named, None));
    let mut done = done.map_err(|error| error.to_string())?;
    prove_bases(&mut done);
    Ok(done.into_iter().map(|calibration| (calibration.name, calibration.faults)).collect())
}

#[test]
fn a_suite_that_holds_has_no_faults() {
    let calibrations = calibrate(&fixtures()).expect("a calibration");
    let names: Vec<&str> = calibrations.iter().map(|(name, _)| name.as_str()).collect();
    let mutants = ["mutants/counts_by_thread", "mutants/lock_twice"];
    assert_eq!(names, [&["stub", "solution", "accepted/one_atomic"], &mutants[..]].concat());
    assert!(calibrations.iter().all(|(_, faults)| faults.is_empty()), "{calibrations:#?}");
}

#[test]
fn every_mutant_of_the_exercises_fits_its_base() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let fixtures = fixtures_of(&project, &catalog, &[]).unwrap_or_else(|error| panic!("{error}"));
    let mutants = fixtures.iter().filter(|fixture| fixture.name.starts_with("mutants/")).count();
    assert!(mutants > catalog.exercises().len(), "{mutants} mutants");
}

#[test]
fn a_sample_has_what_its_mutants_are_changes_to() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let of_one = ["event".to_owned()];
    let all = fixtures_of(&project, &catalog, &of_one).expect("fixtures");
    let names = |count| -> BTreeSet<String> {
        sample(all.clone(), count).into_iter().map(|fixture| fixture.name).collect()
    };
    let (few, more) = (names(3), names(12));
    assert!(few.len() >= 5 && few.is_subset(&more) && more.len() < all.len(), "{few:?} {more:?}");
    assert!(few.contains("stub") && few.contains("solution"));
    let exercise = catalog.get("event").expect("an exercise");
    for mutant in Mutant::all(&project, exercise).expect("mutants") {
        let base = mutant.base().map(ToString::to_string);
        let is_there = base.is_none_or(|base| more.contains(&base));
        assert!(is_there || !more.contains(&format!("mutants/{}", mutant.name)), "{}", mutant.name);
    }
    assert_eq!(names(all.len()).len(), all.len());
}

/// Calibrates the solution of the small project in `content` and one of its mutants: which of them were graded anew.
fn graded_anew(content: &Path) -> Vec<String> {
    let project = project().with_content(content.to_owned());
    let catalog = Catalog::discover(&project).expect("exercises");
    let nobody = |_: &Event| {};
    let grader = Grader::new(&project, &catalog, Options::new(2), &nobody).expect("a toolchain");
    let mut fixtures = fixtures_of(&project, &catalog, &[]).expect("fixtures");
    fixtures.retain(|fixture| ["stub", "solution", "mutants/lock_twice"].contains(&fixture.name.as_str()));
    let known = Known::of(&grader, &project, &catalog, &fixtures).expect("circumstances");
    let calibrate = |fixture: &_| Fixture::calibrate(fixture, &grader, Thoroughness::Named, Some(&known));
    let done = grader.in_parallel(&fixtures, calibrate).expect("calibrations");
    assert!(done.iter().all(|calibration| calibration.faults.is_empty()), "{done:#?}");
    done.into_iter().filter(|calibration| !calibration.is_known).map(|calibration| calibration.name).collect()
}

#[test]
fn what_came_out_as_it_must_is_graded_again_once_something_has_changed() {
    let changed = Changed::new();
    let all = ["stub", "solution", "mutants/lock_twice"];
    // The cache is that of the workspace, and may know the project as it is.
    let own = format!("// {}\n", changed.0.path().display());
    let append = |file: &str| {
        let file = changed.0.path().join(file);
        let text = fs::read_to_string(&file).expect("text");
        fs::write(file, text + &own).expect("a file");
    };
    append("grader/suites/tally/checks.rs");
    assert_eq!(graded_anew(changed.0.path()), all);
    assert_eq!(graded_anew(changed.0.path()), ["stub"], "it takes no time");
    append("solutions/tally/src/lib.rs");
    let anew = graded_anew(changed.0.path());
    assert!(anew.contains(&"solution".to_owned()), "{anew:?}");
    append("grader/suites/tally/checks.rs");
    assert_eq!(graded_anew(changed.0.path()), all);
}

/// A copy of the small project, whose files a test may change.
struct Changed(TempDir);

impl Changed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&fixtures(), folder.path());
        Self(folder)
    }

    fn suite(&self, file: &str) -> PathBuf {
        self.0.path().join("grader/suites/tally").join(file)
    }

    fn solution(&self) -> PathBuf {
        self.0.path().join("solutions/tally/src/lib.rs")
    }

    fn mutant(&self, name: &str) -> String {
        let project = project().with_content(self.0.path().to_owned());
        let catalog = Catalog::discover(&project).expect("exercises");
        let exercise = catalog.get("tally").expect("the exercise");
        let mutant = Mutant::find(&project, exercise, name).expect("a mutant");
        mutant.program(&project, exercise).expect("it fits")
    }

    /// What calibration says about a project that cannot be calibrated.
    fn error(&self) -> String {
        calibrate(self.0.path()).expect_err("a fault")
    }

    /// The faults of one fixture.
    fn faults(&self, name: &str) -> String {
        let calibrations = calibrate(self.0.path()).expect("a calibration");
        let found = calibrations.iter().find(|(found, _)| found == name);
        found.map(|(_, faults)| faults.join("\n")).expect("the fixture")
    }
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("a file");
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replace(from, to)).expect("a file");
}

#[test]
fn a_mutant_that_is_not_caught_and_a_right_one_that_is_rejected_are_faults() {
    let project = Changed::new();
    let wrong = project.mutant("lock_twice");
    let right = fs::read_to_string(project.suite("accepted/one_atomic.rs")).expect("a fixture");
    let header: String = wrong.lines().take(3).map(|line| format!("{line}\n")).collect();
    fs::remove_file(project.suite("mutants/lock_twice.diff")).expect("the mutant");
    fs::write(project.suite("mutants/lock_twice.rs"), format!("{header}//! Whole: for this test.\n{right}"))
        .expect("a file");
    fs::write(project.suite("accepted/one_atomic.rs"), format!("//! Fixture: wrong.\n{wrong}"))
        .expect("a file");
    let calibrations = calibrate(project.0.path()).expect("a calibration");
    let faults = |wanted: &str| {
        let found = calibrations.iter().find(|(name, _)| name == wanted);
        found.map(|(_, faults)| faults.join("\n")).unwrap_or_default()
    };
    assert!(
        faults("mutants/lock_twice").contains("is not caught by together::no_call_is_lost (model): passed")
    );
    assert!(faults("accepted/one_atomic").contains("is rejected, not accepted"));
}

#[test]
fn a_change_to_a_program_that_is_wrong_anyway_proves_nothing() {
    let project = Changed::new();
    // Far from the change, so that it fits all the same.
    replace(&project.solution(), "Mutex::new(0)", "Mutex::new(1)");
    let faults = project.faults("mutants/lock_twice");
    // What else is said of it is about its other mistake.
    assert_eq!(faults.lines().last(), Some("is a change to solution, which is not accepted"), "{faults}");
}

#[test]
fn a_search_that_a_right_program_does_not_get_through_is_a_fault() {
    let project = Changed::new();
    let suite = project.suite("suite.toml");
    replace(&suite, "stress = 20 }\nloom", "stress = 20 }\nexecutions = 1\nloom");
    let cut = "the search of together::no_call_is_lost was cut short (executions: 1)";
    let faults = project.faults("solution");
    assert!(faults.contains(cut) && faults.contains("`at_least`"), "{faults}");
    replace(&suite, "executions = 1\n", "executions = 100\n");
    assert_eq!(project.faults("solution"), "");
}

#[test]
fn a_mutant_must_name_a_check_that_exists() {
    let project = Changed::new();
    replace(&project.suite("mutants/lock_twice.diff"), "(model)", "(shuttle)");
    let error = project.error();
    assert!(
        error.contains("lock_twice.diff:2: the suite has no check `together::no_call_is_lost (shuttle)`"),
        "{error}"
    );
}

#[test]
fn a_change_fits_its_base_at_the_lines_that_it_names_or_not_at_all() {
    let project = Changed::new();
    replace(&project.solution(), "mod given;\n", "mod given;\n\n");
    let error = project.error();
    assert!(error.contains("lock_twice.diff:6: the change does not fit "), "{error}");
    assert!(error.contains("solutions/tally/src/lib.rs: line 19 of the base is `    }`"), "{error}");
}

#[test]
fn the_base_of_a_mutant_exists() {
    let project = Changed::new();
    replace(&project.suite("mutants/lock_twice.diff"), "Base: solution", "Base: accepted/gone");
    let known =
        "lock_twice.diff:4: there is no base `accepted/gone`; the bases are solution, accepted/one_atomic";
    assert!(project.error().contains(known), "{}", project.error());
    replace(&project.suite("mutants/lock_twice.diff"), "accepted/gone", "one_atomic");
    assert!(project.error().contains("`one_atomic` names no base"), "{}", project.error());
}

#[test]
fn nothing_else_is_among_mutants_and_accepted_programs() {
    let right = fs::read_to_string(fixtures().join("solutions/tally/src/lib.rs")).expect("the solution");
    for (file, text, reason) in [
        ("mutants/notes.txt", "", "only .diff and .rs files"),
        ("accepted/lock_twice.diff", "", "only .rs files"),
        ("mutants/lock_twice.rs", &right, "keep one of them"),
        ("mutants/LockTwice.rs", &right, "names are lower case"),
        (
            "mutants/no_header.rs",
            &right,
            "no_header.rs:1: a mutant says in its header `//! Mutant: what is wrong`",
        ),
        ("accepted/no_header.rs", &right, "no_header.rs:1: an accepted program begins with `//! Fixture:"),
    ] {
        let project = Changed::new();
        fs::write(project.suite(file), text).expect("a file");
        let error = project.error();
        assert!(error.contains(reason), "{file}: {error}");
    }
}

#[test]
fn a_mutant_that_is_no_change_says_why() {
    let project = Changed::new();
    let whole = "//! Whole: the count is not in the tally, so that no correct program is near.\n";
    replace(&project.suite("mutants/counts_by_thread.rs"), whole, "");
    let reason =
        "counts_by_thread.rs:1: a mutant says in its header `//! Whole: why it is not a small change";
    assert!(project.error().contains(reason), "{}", project.error());
}
