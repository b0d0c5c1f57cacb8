//! A change to a program: a unified diff that fits exactly or not at all.
//!
//! The crate is `diffy`: it finds differences, writes and reads unified diffs and merges three ways. Its fork
//! `flickzeug` was looked at as well; what that adds is finding a place for hunks whose context has changed, which
//! must not happen here. A mutant that ends up somewhere else in its base is another mutant, perhaps one that
//! nothing catches, or a correct program. `diffy`'s own `apply` still looks for a hunk's lines above and below the
//! place that the hunk names, and in programs with three similar counters it would find them, so that hunks are
//! applied here, to the line that they name.

use diffy::{DiffOptions, Hunk, Line, ParsePatchError, Patch};
use thiserror::Error;

/// The hunks of a unified diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    text: String,
}

/// Why a change cannot be applied. Lines count from 1: in the diff from its first hunk, in the base from the line
/// after its header.
#[derive(Debug, Error)]
pub enum Misfit {
    #[error("there is no hunk; one begins with `@@`")]
    Empty,
    #[error("this is no hunk of a unified diff: {source}")]
    NotADiff { line: usize, source: ParsePatchError },
    #[error("this line belongs to no hunk")]
    Stray { line: usize },
    #[error("this hunk begins before the one above it has ended")]
    OutOfOrder { line: usize },
    #[error("this hunk is about more lines than the {lines} of the base")]
    TooFar { line: usize, lines: usize },
    #[error("line {base_line} of the base is `{found}`; the hunk expects `{expected}`")]
    Differs { line: usize, base_line: usize, expected: String, found: String },
}

impl Misfit {
    /// The line of the diff.
    pub fn line(&self) -> usize {
        match self {
            Self::Empty => 1,
            Self::NotADiff { line, .. }
            | Self::Stray { line }
            | Self::OutOfOrder { line }
            | Self::TooFar { line, .. }
            | Self::Differs { line, .. } => *line,
        }
    }
}

/// A hunk of a diff.
pub(super) struct Piece<'a> {
    /// The diff's line with its `@@`, from 1.
    pub line: usize,
    /// From its `@@` to the next.
    pub text: &'a str,
}

impl Change {
    /// A diff's hunks. They are not read yet.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// What makes `modified` of `original`; `None` if they are equal.
    pub fn between(original: &str, modified: &str) -> Option<Self> {
        let patch = DiffOptions::new().create_patch(original, modified);
        // The first two lines name the files.
        let text: String = patch.to_string().split_inclusive('\n').skip(2).collect();
        (!patch.hunks().is_empty()).then_some(Self { text })
    }

    /// The diff, from its first `@@`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines the diff has, those around a change included.
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// How many lines it removes and adds.
    pub fn changed_lines(&self) -> usize {
        self.text.lines().filter(|line| line.starts_with(['-', '+'])).count()
    }

    /// What makes one change smaller than another.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.changed_lines(), self.lines())
    }

    /// Whether it is worth storing instead of the program: it removes and adds fewer lines than half of those that
    /// the base has.
    pub(super) fn is_small(&self, base: &str) -> bool {
        self.changed_lines() * 2 < base.lines().count()
    }

    /// The diff, cut into its hunks.
    pub(super) fn pieces(&self) -> Vec<Piece<'_>> {
        let (mut pieces, mut start, mut offset) = (Vec::new(), (1, 0), 0);
        for (line, text) in (1..).zip(self.text.split_inclusive('\n')) {
            if text.starts_with("@@") && offset > 0 {
                pieces.push(Piece { line: start.0, text: &self.text[start.1..offset] });
                start = (line, offset);
            }
            offset += text.len();
        }
        if offset > 0 {
            pieces.push(Piece { line: start.0, text: &self.text[start.1..] });
        }
        pieces
    }

    /// Makes the change to `base`.
    ///
    /// # Errors
    /// When a hunk is not exactly what `base` has at the lines that the hunk names.
    pub(super) fn apply(&self, base: &str) -> Result<String, Misfit> {
        let lines: Vec<&str> = base.split_inclusive('\n').collect();
        let (mut result, mut next) = (String::with_capacity(base.len()), 0);
        let pieces = self.pieces();
        if pieces.is_empty() {
            return Err(Misfit::Empty);
        }
        for piece in pieces {
            if !piece.text.starts_with("@@") {
                return Err(Misfit::Stray { line: piece.line });
            }
            let patch = Patch::from_str(piece.text)
                .map_err(|source| Misfit::NotADiff { line: piece.line, source })?;
            let [hunk] = patch.hunks() else { return Err(Misfit::Stray { line: piece.line }) };
            if let Some(line) = piece.stray(hunk) {
                return Err(Misfit::Stray { line });
            }
            // A hunk that only adds names the line that it stands after.
            let range = hunk.old_range();
            let start = if range.is_empty() { range.start() } else { range.start().saturating_sub(1) };
            if start < next {
                return Err(Misfit::OutOfOrder { line: piece.line });
            }
            let before =
                lines.get(next..start).ok_or(Misfit::TooFar { line: piece.line, lines: lines.len() })?;
            result.extend(before.iter().copied());
            next = start;
            for (line, changed) in (piece.line + 1..).zip(hunk.lines()) {
                match changed {
                    Line::Insert(text) => result.push_str(text),
                    Line::Context(text) | Line::Delete(text) => {
                        expect(&lines, next, text, line)?;
                        next += 1;
                    }
                }
                if let Line::Context(text) = changed {
                    result.push_str(text);
                }
            }
        }
        result.extend(lines[next..].iter().copied());
        Ok(result)
    }
}

impl Piece<'_> {
    /// The first line after the hunk's own ones. `diffy` passes over what follows a hunk.
    fn stray(&self, hunk: &Hunk<'_, str>) -> Option<usize> {
        let marks = self.text.lines().filter(|line| line.starts_with('\\')).count();
        let own = 1 + hunk.lines().len() + marks;
        (self.text.lines().count() > own).then_some(self.line + own)
    }
}

fn expect(lines: &[&str], index: usize, expected: &str, line: usize) -> Result<(), Misfit> {
    let (base_line, shown) = (index + 1, |text: &str| text.trim_end_matches('\n').to_owned());
    match lines.get(index) {
        Some(found) if *found == expected => Ok(()),
        Some(found) => {
            Err(Misfit::Differs { line, base_line, expected: shown(expected), found: shown(found) })
        }
        None => Err(Misfit::TooFar { line, lines: lines.len() }),
    }
}
