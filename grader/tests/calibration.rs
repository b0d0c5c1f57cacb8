//! Calibration proves a suite that holds, and says what is wrong with one that does not.

mod common;

use std::fs;
use std::path::Path;

use common::{fixtures, project};
use grader::calibrate::{Thoroughness, fixtures as fixtures_of};
use grader::catalog::Catalog;
use grader::event::Event;
use grader::pipeline::{Grader, Options};

/// Calibrates the small project in `content`: each fixture with its faults.
fn calibrate(content: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let project = project().with_content(content.to_owned());
    let catalog = Catalog::discover(&project).map_err(|fault| fault.to_string())?;
    let nobody = |_: &Event| {};
    let grader =
        Grader::new(&project, &catalog, Options::new(2), &nobody).map_err(|fault| fault.to_string())?;
    let fixtures = fixtures_of(&project, &catalog, &[]).map_err(|error| error.to_string())?;
    let done = grader.in_parallel(&fixtures, |fixture| fixture.calibrate(&grader, Thoroughness::Named));
    let done = done.map_err(|error| error.to_string())?;
    Ok(done.into_iter().map(|calibration| (calibration.name, calibration.faults)).collect())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn a_suite_that_holds_has_no_faults() {
    let calibrations = calibrate(&fixtures()).expect("a calibration");
    let names: Vec<&str> = calibrations.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["stub", "solution", "accepted/one_atomic", "mutants/lock_twice"]);
    assert!(calibrations.iter().all(|(_, faults)| faults.is_empty()), "{calibrations:#?}");
}

#[test]
fn a_mutant_that_is_not_caught_and_a_right_one_that_is_rejected_are_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&fixtures(), folder.path());
    let suite = folder.path().join("grader/suites/tally");
    let (mutant, right) = (suite.join("mutants/lock_twice.rs"), suite.join("accepted/one_atomic.rs"));
    let (wrong, correct) =
        (fs::read_to_string(&mutant).expect("a mutant"), fs::read_to_string(&right).expect("a fixture"));
    let header: String = wrong.lines().take(3).map(|line| format!("{line}\n")).collect();
    fs::write(&mutant, format!("{header}{correct}")).expect("a file");
    fs::write(&right, wrong).expect("a file");
    let calibrations = calibrate(folder.path()).expect("a calibration");
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
fn a_mutant_must_name_a_check_that_exists() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&fixtures(), folder.path());
    let mutant = folder.path().join("grader/suites/tally/mutants/lock_twice.rs");
    let text = fs::read_to_string(&mutant).expect("a mutant");
    fs::write(&mutant, text.replace("(model)", "(shuttle)")).expect("a file");
    let error = calibrate(folder.path()).expect_err("a fault");
    assert!(
        error.contains("lock_twice.rs:2: the suite has no check `together::no_call_is_lost (shuttle)`"),
        "{error}"
    );
}
