//! A few of many, always the same.

use super::generate::Generated;
use crate::lots;

/// A change of it is another sample.
const SEED: &str = "interleave mutants 1";

/// `count` of the mutants, in their order.
pub fn sample(mut mutants: Vec<Generated>, count: usize) -> Vec<Generated> {
    let ids: Vec<String> = mutants.iter().map(|mutant| mutant.id.clone()).collect();
    let drawn = lots::drawn(SEED, ids.iter().map(String::as_str), count);
    mutants.retain(|mutant| drawn.contains(mutant.id.as_str()));
    mutants
}
