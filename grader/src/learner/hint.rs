//! The hints of an exercise, from a nudge to nearly the answer: `hints/1.md`, `hints/2.md` and so on.

use std::fs;

use super::progress::Progress;
use crate::catalog::Exercise;
use crate::error::Fault;

/// A hint, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// From 1.
    pub level: usize,
    /// How many levels there are.
    pub levels: usize,
    /// Markdown.
    pub text: String,
}

/// How many hints an exercise has.
pub fn levels(exercise: &Exercise) -> usize {
    (1..).take_while(|level| exercise.folder.join(format!("hints/{level}.md")).is_file()).count()
}

/// The level that comes next for somebody who has read what `progress` says. The last one comes again.
pub fn next_level(exercise: &Exercise, progress: &Progress) -> usize {
    let read = progress.of(exercise).map_or(0, |entry| entry.hints);
    (read + 1).min(levels(exercise))
}

/// The hint of a level. `None`: there is no such level.
///
/// # Errors
/// When its file cannot be read.
pub fn hint(exercise: &Exercise, level: usize) -> Result<Option<Hint>, Fault> {
    let levels = levels(exercise);
    if level == 0 || level > levels {
        return Ok(None);
    }
    let path = exercise.folder.join(format!("hints/{level}.md"));
    let text = fs::read_to_string(&path).map_err(|source| Fault::io("read", &path, source))?;
    Ok(Some(Hint { level, levels, text }))
}
