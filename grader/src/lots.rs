//! A few of many, always the same.

use std::collections::BTreeSet;

use crate::digest;

/// `count` of the names. Which ones does not depend on how many there are: each has its lot, and another one with
/// another seed.
pub(crate) fn drawn<'a>(seed: &str, names: impl Iterator<Item = &'a str>, count: usize) -> BTreeSet<&'a str> {
    let lot = |name: &str| digest::of(format!("{seed} {name}").as_bytes());
    let mut lots: Vec<(String, &str)> = names.map(|name| (lot(name), name)).collect();
    lots.sort();
    lots.truncate(count);
    lots.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_names_take_no_lot_away() {
        let names: Vec<String> = (0..100).map(|number| format!("name {number}")).collect();
        let drawn = |seed, of: usize, count| drawn(seed, names[..of].iter().map(String::as_str), count);
        let few = drawn("one", 50, 10);
        assert_eq!(few.len(), 10);
        let many = drawn("one", 50, 20);
        assert!(many.is_superset(&few) && many.len() == 20);
        // Only what is new comes in between.
        let later = drawn("one", 100, 10);
        let is_new = |name: &&&str| !names[..50].iter().any(|old| old == **name);
        assert!(later.iter().all(|name| few.contains(name) || is_new(&name)));
        assert_ne!(few, drawn("two", 50, 10));
        assert_eq!(drawn("one", 5, 10).len(), 5);
    }
}
