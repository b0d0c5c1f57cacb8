//! What somebody meant who typed a name that does not exist.

/// Below this a suggestion is only a guess.
const ALIKE: f64 = 0.75;

/// The name in `known` that is most like `typed`, if any is like it. Upper case does not matter.
pub(crate) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .map(|name| (strsim::jaro_winkler(&typed, name), name))
        .filter(|(alike, _)| *alike > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
