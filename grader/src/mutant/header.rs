//! What a mutant's header says: what is wrong, which checks catch it, what a schedule must be diagnosed as, and
//! what the mutant is a change of.

use std::path::Path;

use strum::VariantArray;

use super::base::{Base, NotABase};
use crate::error::Fault;
use crate::report::Mistake;
use crate::suite::{CheckId, Suite};

/// The lines with `//!` at the beginning of a mutant.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// The lines as they are.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    key: Key,
    /// From 1.
    line: usize,
    value: String,
}

/// What a line of a header begins with. A line that begins with no key goes on with the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(crate) enum Key {
    Mutant,
    CaughtBy,
    Diagnosis,
    Base,
    Whole,
}

impl Key {
    fn label(self) -> &'static str {
        match self {
            Self::Mutant => "Mutant:",
            Self::CaughtBy => "Caught by:",
            Self::Diagnosis => "Diagnosis:",
            Self::Base => "Base:",
            Self::Whole => "Whole:",
        }
    }

    /// What to write where the entry is missing.
    fn example(self) -> &'static str {
        match self {
            Self::Mutant => "//! Mutant: what is wrong",
            Self::CaughtBy => "//! Caught by: check (engine)",
            Self::Diagnosis => "//! Diagnosis: kind, or none",
            Self::Base => "//! Base: solution, or accepted/NAME",
            Self::Whole => "//! Whole: why it is not a small change to a correct program",
        }
    }

    /// The key of a header's line, and what follows it.
    fn of(line: &str) -> Option<(Self, &str)> {
        let keys = Self::VARIANTS.iter();
        keys.into_iter().find_map(|key| Some((*key, line.strip_prefix(key.label())?)))
    }
}

/// What is wrong with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// From 1.
    pub line: usize,
    pub message: String,
}

impl Malformed {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }

    pub(crate) fn in_file(self, file: &Path) -> Fault {
        Fault::Suite { file: file.to_owned(), line: self.line, message: self.message }
    }
}

impl Header {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut entries: Vec<Entry> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let content = line.strip_prefix("//!").unwrap_or(line).trim();
            match (Key::of(content), entries.last_mut()) {
                (Some((key, value)), _) => {
                    if entries.iter().any(|entry| entry.key == key) {
                        return Err(Malformed::new(number, format!("`{}` appears twice", key.label())));
                    }
                    entries.push(Entry { key, line: number, value: value.trim().to_owned() });
                }
                (None, Some(entry)) => {
                    entry.value.push(' ');
                    entry.value.push_str(content);
                }
                (None, None) => {}
            }
        }
        let header = Self { text: text.to_owned(), entries };
        header.entry(Key::Mutant)?;
        Ok(header)
    }

    fn entry(&self, key: Key) -> Result<&Entry, Malformed> {
        match self.entries.iter().find(|entry| entry.key == key) {
            Some(entry) if entry.value.is_empty() => {
                Err(Malformed::new(entry.line, format!("write `{}`", key.example())))
            }
            Some(entry) => Ok(entry),
            None => Err(Malformed::new(1, format!("a mutant says in its header `{}`", key.example()))),
        }
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Where the entry is, or the first line if there is none.
    pub(super) fn line_of(&self, key: Key) -> usize {
        self.entries.iter().find(|entry| entry.key == key).map_or(1, |entry| entry.line)
    }

    /// How many lines it has.
    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The header as the graded program has it.
    pub(super) fn without_base(&self) -> String {
        let is_base = |line: &&str| {
            Key::of(line.trim_start_matches("//!").trim()).is_none_or(|(key, _)| key != Key::Base)
        };
        self.text.split_inclusive('\n').filter(is_base).collect()
    }

    /// The header as it stands in front of a change of `base`.
    pub(super) fn with_base(&self, base: &Base) -> String {
        format!("{}//! {} {base}\n", self.without_base(), Key::Base.label())
    }

    fn has_one_form(&self) -> Result<(), Malformed> {
        if self.has(Key::Base) && self.has(Key::Whole) {
            let message = "a program of its own has no base: keep one of the two lines";
            return Err(Malformed::new(self.line_of(Key::Whole), message));
        }
        Ok(())
    }

    /// Reads `//! Base: solution` or `//! Base: accepted/NAME`.
    pub(super) fn base(&self) -> Result<Base, Malformed> {
        self.has_one_form()?;
        let entry = self.entry(Key::Base)?;
        entry.value.parse().map_err(|NotABase| {
            Malformed::new(entry.line, format!("`{}` names no base: {NotABase}", entry.value))
        })
    }

    /// Reads `//! Whole: reason`.
    pub(super) fn reason_to_be_whole(&self) -> Result<&str, Malformed> {
        self.has_one_form()?;
        Ok(&self.entry(Key::Whole)?.value)
    }

    /// Reads `//! Caught by: check (engine), check (engine)`.
    pub(crate) fn caught_by(&self, suite: &Suite) -> Result<Vec<CheckId>, Malformed> {
        let Entry { line, value, .. } = self.entry(Key::CaughtBy)?;
        let mut checks = Vec::new();
        for entry in value.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let known = suite.entries().map(|known| known.id()).find(|known| entry == known.to_string());
            checks.push(known.ok_or_else(|| {
                let message = format!("the suite has no check `{entry}`: write `name (engine)`");
                Malformed::new(*line, message)
            })?);
        }
        if checks.is_empty() {
            return Err(Malformed::new(*line, "`Caught by:` names no check"));
        }
        Ok(checks)
    }

    /// Reads `//! Diagnosis: kind`, or several, if different checks show different sides of it. `none` is for a
    /// mistake that no schedule can show, such as a wrong formula.
    pub(crate) fn mistakes(&self) -> Result<Vec<Mistake>, Malformed> {
        let Entry { line, value, .. } = self.entry(Key::Diagnosis)?;
        if value == "none" {
            return Ok(Vec::new());
        }
        let known = |kind: &str| {
            Mistake::VARIANTS.iter().find(|mistake| mistake.as_str() == kind).copied().ok_or_else(|| {
                let message = format!("there is no diagnosis `{kind}`; write one of the kinds, or `none`");
                Malformed::new(*line, message)
            })
        };
        value.split(',').map(str::trim).map(known).collect()
    }
}
