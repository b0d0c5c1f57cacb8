//! `cargo xtask hint`

use grader::error::{Error, UsageError};
use grader::learner::hint::{self, Hint};
use grader::learner::progress::Progress;

use crate::cli::HintArgs;
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::{markdown, output, own};

/// Shows the next hint, and remembers that it was shown.
pub fn run(args: &HintArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let exercise = own::exercise(&project, &catalog, args.exercise.as_deref())?;
    let progress = Progress::read(project.content());
    let level = args.level.unwrap_or_else(|| hint::next_level(exercise, &progress));
    let hint = hint::hint(exercise, level)?.ok_or_else(|| UsageError::NoHint {
        exercise: exercise.slug.clone(),
        level,
        levels: hint::levels(exercise),
    })?;
    own::remember_hint(&project, exercise, level);
    let mut text = markdown::rendered(&hint.text, terminal.look());
    text.push_str(&format!("\n{}\n", what_comes_next(&hint, &exercise.slug)));
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// What there is after a hint.
pub fn what_comes_next(hint: &Hint, slug: &str) -> String {
    let Hint { level, levels, .. } = hint;
    if level < levels {
        format!("Hint {level} of {levels} for {slug}. The next one says more.")
    } else {
        format!("Hint {level} of {levels} for {slug}, the last one. `--level 1` shows the first again.")
    }
}
