//! What the README says of every exercise. `UPDATE_README=1 cargo test -p xtask readme` writes it.

use std::fs;
use std::path::Path;

use grader::catalog::{Catalog, Exercise};
use grader::project::Project;
use grader::report::Engine;
use grader::suite::{FULL_POINTS, Loom, Suite};

/// The README with what is known of the exercises.
fn up_to_date(readme: &str, project: &Project, exercises: &[Exercise]) -> String {
    let readme = with_rows(readme, "| exercise | teaches |\n|---|---|\n", exercises, taught);
    let judged = |exercise: &Exercise| judged(project, exercise);
    let heading = "| suite | checks of the model | judged by loom too |\n|---|---|---|\n";
    let readme = with_rows(&readme, heading, exercises, judged);
    let (before, rest) = readme.split_once("  0 of ").expect("how far a beginner is");
    let (_, after) = rest.split_once(" points\n").expect("how far a beginner is");
    let count = exercises.len();
    format!("{before}  0 of {count} accepted, 0 of {} points\n{after}", count * FULL_POINTS as usize)
}

/// The README with one row for each exercise in the table below `heading`.
fn with_rows(
    readme: &str,
    heading: &str,
    exercises: &[Exercise],
    row: impl Fn(&Exercise) -> String,
) -> String {
    let (before, rest) = readme.split_once(heading).expect("the table's heading");
    let rows: String = exercises.iter().map(row).collect();
    let old: usize = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    format!("{before}{heading}{rows}{}", &rest[old..])
}

/// What it teaches, in the middle of a sentence.
fn taught(Exercise { slug, teaches, .. }: &Exercise) -> String {
    // A word in capitals, such as `I/O-bound`, stays as it is.
    let mut letters = teaches.chars();
    let first = letters.next().unwrap_or_default();
    let is_a_word = letters.clone().next().is_some_and(|second| second.is_lowercase() || second == ' ');
    let first = if is_a_word { first.to_ascii_lowercase() } else { first };
    format!("| [`{slug}`](exercises/{slug}) | {first}{} |\n", letters.as_str())
}

/// How many checks the model runs, and how many of them loom can run as well.
fn judged(project: &Project, exercise: &Exercise) -> String {
    let suite = Suite::load(&project.suite(&exercise.slug)).expect("a suite");
    let of_the_model =
        suite.checks.iter().filter(|check| check.engines.iter().any(|(engine, _)| *engine == Engine::Model));
    let judged = of_the_model.clone().filter(|check| check.loom == Loom::Judges).count();
    format!("| `{}` | {} | {judged} |\n", exercise.slug, of_the_model.count())
}

#[test]
fn the_readme_knows_every_exercise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let project = Project::at(root).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let file = root.join("README.md");
    let readme = fs::read_to_string(&file).expect("the README");
    let current = up_to_date(&readme, &project, catalog.exercises());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&file, current).expect("the README can be written");
        return;
    }
    assert!(
        readme == current,
        "README.md is behind; `UPDATE_README=1 cargo test -p xtask readme` writes it:\n{current}"
    );
}
