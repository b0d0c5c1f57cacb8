//! What a learner reads about a check says what is promised. It is the same however the check fails, so it must not say
//! how: a deadlock is not explained by a wrong value.

use std::path::Path;

use grader::catalog::Catalog;
use grader::project::Project;
use grader::suite::Suite;

#[test]
fn an_explanation_fits_every_outcome() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let mut seen = 0;
    for exercise in catalog.exercises() {
        let suite = Suite::load(&project.suite(&exercise.slug)).expect("a suite");
        for entry in suite.entries() {
            seen += 1;
            let text = entry.explanation.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!text.is_empty(), "{}: nothing is promised", entry.name);
            for outcome in ["failing run", "failing execution", "stays blocked", "lost wakeup", "is missing"]
            {
                assert!(!text.contains(outcome), "{} {}: {text}", exercise.slug, entry.name);
            }
        }
    }
    assert!(seen > 300, "{seen}");
}
