//! Links between chapters: a kind of mistake or failure, an exercise, or a command that explains something, where it is
//! named in code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grader::catalog::Catalog;
use grader::diagnosis;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{GLOSSARY, explained, read_me};

/// The command that shows a page or defines a term.
const EXPLAIN: &str = "cargo xtask explain";

/// What is linked, with the chapter and the place in it.
pub(super) struct Targets(BTreeMap<String, String>);

impl Targets {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let exercises = catalog.exercises().iter().map(|exercise| (exercise.slug.clone(), read_me(exercise)));
        let kinds = || diagnosis::kinds().map(|kind| (kind.as_str().to_owned(), explained(kind)));
        let terms = diagnosis::terms().map(|term| (term.name, format!("{GLOSSARY}#{}", anchor(term.name))));
        let commands = kinds()
            .chain(terms.map(|(name, target)| (name.to_owned(), target)))
            .map(|(name, target)| (format!("{EXPLAIN} {name}"), target));
        let all = [(EXPLAIN.to_owned(), GLOSSARY.to_owned())];
        Self(exercises.chain(kinds()).chain(commands).chain(all).collect())
    }

    /// The text of a chapter with its links, none of them to the chapter itself.
    pub(super) fn linked(&self, file: &str, text: &str) -> String {
        let up = if file.contains('/') { "../" } else { "" };
        let mut linked = String::with_capacity(text.len());
        let (mut copied, mut in_link) = (0, false);
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { .. }) => in_link = true,
                Event::End(TagEnd::Link) => in_link = false,
                Event::Code(code) if !in_link => {
                    let Some(target) = self.0.get(&*code) else { continue };
                    if target.split('#').next() == Some(file) {
                        continue;
                    }
                    linked.push_str(&text[copied..range.start]);
                    // Writing to a string does not fail.
                    let _ = write!(linked, "[{}]({up}{target})", &text[range.clone()]);
                    copied = range.end;
                }
                _ => {}
            }
        }
        linked.push_str(&text[copied..]);
        linked
    }
}

/// The name that `mdbook` gives a heading.
pub(super) fn anchor(heading: &str) -> String {
    let letters = heading.trim().chars().filter_map(|letter| match letter {
        letter if letter.is_whitespace() => Some('-'),
        letter if letter.is_alphanumeric() || matches!(letter, '-' | '_') => letter.to_lowercase().next(),
        _ => None,
    });
    letters.collect()
}
