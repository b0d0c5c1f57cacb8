//! The glossary: the field's terms, each with a definition and the exercises that teach it.
//!
//! `glossary.md` is the only source. Its second-level headings are the terms.

/// The whole page, in Markdown.
pub(super) const GLOSSARY: &str = include_str!("glossary.md");

/// A term and its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// As it is written in running text, such as `happens-before`.
    pub name: &'static str,
    /// The definition and the exercises, in Markdown.
    pub entry: &'static str,
}

impl Term {
    /// The entry below its heading.
    pub fn markdown(self) -> String {
        format!("# {}\n{}", self.name, self.entry)
    }

    /// Whether running text uses the term, also in the plural. Case does not matter.
    pub(super) fn is_used_in(self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.match_indices(self.name).any(|(start, found)| {
            let before = text[..start].chars().next_back();
            let after = &text[start + found.len()..];
            let after = after.strip_prefix('s').unwrap_or(after).chars().next();
            !before.is_some_and(is_of_a_name) && !after.is_some_and(is_of_a_name)
        })
    }
}

/// Whether a character continues a word, or a name in code.
fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '`'
}

/// Every term, in alphabetical order.
pub fn terms() -> impl Iterator<Item = Term> {
    let entries = GLOSSARY.split("\n## ").skip(1);
    entries.filter_map(|entry| entry.split_once('\n')).map(|(name, entry)| Term { name, entry })
}

/// The terms that a page uses outside of its code, in alphabetical order.
pub fn used_in(markdown: &str) -> Vec<Term> {
    // The text between the fences; code is every second piece.
    let prose: String = markdown.split("```").step_by(2).collect();
    terms().filter(|term| term.is_used_in(&prose)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnosis::{Kind, kinds, page};

    /// What every reader of a report may meet.
    const REQUIRED: [&str; 19] = [
        "happens-before",
        "critical section",
        "race condition",
        "data race",
        "atomicity violation",
        "check-then-act",
        "lost update",
        "lost wakeup",
        "spurious wakeup",
        "deadlock",
        "livelock",
        "starvation",
        "preemption",
        "contention",
        "linearizable",
        "schedule",
        "interleaving",
        "execution",
        "stale read",
    ];

    /// The definition and the line about exercises.
    fn parts(term: Term) -> (&'static str, &'static str) {
        let parts = term.entry.trim().split_once("\n\nTaught by ");
        parts.unwrap_or_else(|| panic!("`{}`: a definition, then the exercises", term.name))
    }

    /// What stands between backticks.
    fn quoted(text: &str) -> impl Iterator<Item = &str> {
        text.split('`').skip(1).step_by(2)
    }

    #[test]
    fn every_required_term_is_defined() {
        for name in REQUIRED {
            assert!(terms().any(|term| term.name == name), "`{name}` is not defined");
        }
    }

    #[test]
    fn terms_are_in_alphabetical_order_and_defined_in_a_few_sentences() {
        let names: Vec<&str> = terms().map(|term| term.name).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        for term in terms() {
            let (definition, _) = parts(term);
            let words = definition.split_whitespace().count();
            assert!((10..90).contains(&words), "`{}` is defined in {words} words", term.name);
            assert_eq!(term.name, term.name.to_lowercase());
        }
    }

    #[test]
    fn the_exercises_that_teach_a_term_exist() {
        let exercises = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exercises");
        for term in terms() {
            let slugs: Vec<&str> = quoted(parts(term).1).collect();
            assert!(!slugs.is_empty(), "no exercise teaches `{}`", term.name);
            for slug in slugs {
                assert!(exercises.join(slug).join("Cargo.toml").is_file(), "`{}`: {slug}", term.name);
            }
        }
    }

    #[test]
    fn pages_that_an_entry_refers_to_exist() {
        for term in terms() {
            let (_, references) = parts(term).0.split_once("See ").unwrap_or_default();
            assert!(quoted(references).all(|name| page(name).is_some()), "`{}`: {references}", term.name);
        }
    }

    #[test]
    fn the_glossary_is_ascii_for_terminals_that_show_nothing_else() {
        assert!(GLOSSARY.is_ascii() && GLOSSARY.ends_with('\n') && !GLOSSARY.contains('\t'));
    }

    #[test]
    fn the_page_of_every_mistake_uses_defined_terms() {
        for page in kinds().filter(|kind| matches!(kind, Kind::Mistake(_))).map(Kind::page) {
            let used = used_in(page.markdown);
            assert!(!used.is_empty(), "{} uses no term of the glossary", page.kind.as_str());
        }
    }

    #[test]
    fn a_term_is_used_where_it_stands_as_words_and_not_in_code() {
        let used = |text| used_in(text).into_iter().map(|term| term.name).collect::<Vec<_>>();
        assert_eq!(used("Two data races, and what happens-before means."), ["data race", "happens-before"]);
        assert_eq!(used("`deadlock` and self_deadlock\n```rust\n// a deadlock\n```\n"), [""; 0]);
    }
}
