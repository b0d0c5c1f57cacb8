//! A few of many, always the same.

use crate::digest;

use super::generate::Generated;

/// A change of it is another sample.
const SEED: &str = "interleave mutants 1";

/// `count` of the mutants, in their order. Which ones does not depend on how many there are: each has its lot.
pub fn sample(mut mutants: Vec<Generated>, count: usize) -> Vec<Generated> {
    let mut lots: Vec<(String, String)> =
        mutants.iter().map(|mutant| (lot(&mutant.id), mutant.id.clone())).collect();
    lots.sort();
    lots.truncate(count);
    mutants.retain(|mutant| lots.iter().any(|(_, id)| *id == mutant.id));
    mutants
}

fn lot(id: &str) -> String {
    digest::of(format!("{SEED} {id}").as_bytes())
}
