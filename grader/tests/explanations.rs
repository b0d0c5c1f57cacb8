//! What a learner reads about a check says what is promised. It is the same however the check fails, so it must not say
//! how: a deadlock is not explained by a wrong value.

use std::fs;
use std::path::{Path, PathBuf};

use grader::catalog::{Catalog, Exercise};
use grader::project::Project;
use grader::suite::Suite;

/// The suite of each exercise, with the names of the exercise and of its folder.
fn suites() -> Vec<(String, PathBuf, Suite)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let suite = |exercise: &Exercise| {
        let folder = project.suite(&exercise.slug);
        let suite = Suite::load(&folder).expect("a suite");
        (exercise.slug.clone(), folder, suite)
    };
    catalog.exercises().iter().map(suite).collect()
}

#[test]
fn an_explanation_fits_every_outcome() {
    let mut seen = 0;
    for (exercise, _, suite) in suites() {
        for entry in suite.entries() {
            seen += 1;
            let text = entry.explanation.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!text.is_empty(), "{}: nothing is promised", entry.name);
            let outcomes =
                ["failing run", "failing execution", "stays blocked", "lost wakeup", "is missing", "tried"];
            for outcome in outcomes {
                assert!(!text.contains(outcome), "{exercise} {}: {text}", entry.name);
            }
        }
    }
    assert!(seen > 300, "{seen}");
}

/// What no execution shows is said where that is the outcome, and nowhere else.
#[test]
fn checks_that_expect_some_execution_say_what_none_showed() {
    let mut seen = 0;
    for (exercise, folder, suite) in suites() {
        for check in suite.checks {
            let (module, function) = check.name.rsplit_once("::").expect("checks are in modules");
            let file = folder.join("checks").join(module.replace("::", "/")).with_extension("rs");
            let text = fs::read_to_string(&file).expect("the module's file");
            let text = text.split_once(&format!("fn {function}(")).expect("the check's function").1;
            let body = text.split_once("\n}").expect("its end").0;
            assert_eq!(check.never.is_some(), body.contains("expect_some("), "{exercise} {}", check.name);
            seen += usize::from(check.never.is_some());
        }
    }
    assert!(seen > 10, "{seen}");
}
