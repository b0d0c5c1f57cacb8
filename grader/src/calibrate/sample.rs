//! A few of the fixtures, always the same.

use std::collections::BTreeSet;

use super::Fixture;
use super::expect::Expect;
use crate::lots;

/// A change of it is another sample.
const SEED: &str = "interleave fixtures 1";

/// `count` of the right programs and mutants of each exercise, with the stub and the solution, and with what the mutants
/// are changes to; in their order.
pub fn sample(mut fixtures: Vec<Fixture>, count: usize) -> Vec<Fixture> {
    let exercises: BTreeSet<String> = fixtures.iter().map(|fixture| fixture.exercise.clone()).collect();
    let mut kept = BTreeSet::new();
    for exercise in exercises {
        let of_exercise = || fixtures.iter().filter(|fixture| fixture.exercise == exercise);
        let has_lot =
            |fixture: &&Fixture| !matches!(fixture.expect, Expect::NotStarted) && fixture.name != "solution";
        let names = of_exercise().filter(has_lot).map(|fixture| fixture.name.as_str());
        let drawn = lots::drawn(SEED, names, count);
        let bases = of_exercise().filter(|fixture| drawn.contains(fixture.name.as_str()));
        let bases: BTreeSet<&str> = bases.filter_map(|fixture| fixture.base.as_deref()).collect();
        let is_kept = |fixture: &&Fixture| {
            !has_lot(fixture)
                || drawn.contains(fixture.name.as_str())
                || bases.contains(fixture.name.as_str())
        };
        kept.extend(of_exercise().filter(is_kept).map(|fixture| (exercise.clone(), fixture.name.clone())));
    }
    fixtures.retain(|fixture| kept.contains(&(fixture.exercise.clone(), fixture.name.clone())));
    fixtures
}
