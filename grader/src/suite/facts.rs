//! Facts that some checks establish and others require.

use std::collections::BTreeSet;
use std::ops::Range;

use super::RawCheck;
use crate::error::Fault;
use crate::suggestion::nearest;

/// Proves that each fact that is required is established by another check, and that no check waits for itself.
pub(super) fn prove(checks: &[RawCheck], at: &impl Fn(Range<usize>, String) -> Fault) -> Result<(), Fault> {
    let known: BTreeSet<&str> = checks.iter().filter_map(established).collect();
    for check in checks {
        for fact in &check.requires {
            let name = fact.get_ref().as_str();
            if !known.contains(name) {
                let meant = nearest(name, known.iter().copied())
                    .map(|meant| format!("; did you mean \"{meant}\"?"))
                    .unwrap_or_default();
                return Err(at(fact.span(), format!("no check establishes \"{name}\"{meant}")));
            }
            if established(check).is_some_and(|own| needs(checks, name, own)) {
                return Err(at(
                    fact.span(),
                    format!("`{}` would wait for itself: \"{name}\" builds on it", check.name.get_ref()),
                ));
            }
        }
    }
    Ok(())
}

fn established(check: &RawCheck) -> Option<&str> {
    check.establishes.as_ref().map(|fact| fact.get_ref().as_str())
}

/// Whether `fact` is `other`, or is established on top of it.
fn needs(checks: &[RawCheck], fact: &str, other: &str) -> bool {
    let mut seen = BTreeSet::from([fact]);
    let mut open = vec![fact];
    while let Some(fact) = open.pop() {
        if fact == other {
            return true;
        }
        let below = checks.iter().filter(|check| established(check) == Some(fact));
        let below = below.flat_map(|check| &check.requires).map(|fact| fact.get_ref().as_str());
        open.extend(below.filter(|fact| seen.insert(fact)));
    }
    false
}
