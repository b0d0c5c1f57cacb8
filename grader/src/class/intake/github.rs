//! GitHub: a repository for each learner, named after the assignment and the learner: `race-counter-ada`.

use std::path::Path;

use super::Named;
use super::archive::stem;

/// What the root of a repository has.
const SIGNS: [&str; 5] = [".git", ".github", ".gitignore", "Cargo.toml", "README.md"];

/// Whether the names share an assignment, and what they name are repositories.
pub(super) fn is_export(folder: &Path, names: &[String]) -> bool {
    assignment(names).is_some()
        && names.iter().all(|name| {
            let path = folder.join(name);
            SIGNS.iter().any(|sign| path.join(sign).exists()) || branch(stem(name)).is_some()
        })
}

pub(super) fn name_all(names: &[String]) -> Vec<(Named, String)> {
    let assignment = assignment(names).unwrap_or_default();
    let of = |name: &String| {
        let stem = stem(name);
        let id = stem.strip_prefix(&assignment).unwrap_or(stem);
        (Named::whole(branch(id).unwrap_or(id)), name.clone())
    };
    names.iter().map(of).collect()
}

/// What is before the branch, in the name of an archive that GitHub made.
fn branch(stem: &str) -> Option<&str> {
    ["-main", "-master"].iter().find_map(|branch| stem.strip_suffix(branch)).filter(|rest| !rest.is_empty())
}

/// What all names begin with, up to the last hyphen in it. One alone does not say where its assignment ends.
fn assignment(names: &[String]) -> Option<String> {
    let (first, rest) = names.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let mut common = first.as_str();
    for name in rest {
        let length =
            common.char_indices().zip(name.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        common = &common[..length.unwrap_or_else(|| common.len().min(name.len()))];
    }
    let end = common.rfind('-')?;
    (end > 0).then(|| common[..=end].to_owned())
}
