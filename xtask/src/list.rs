//! `cargo xtask list`

use std::fmt::Write as _;

use console::{Style, measure_text_width};
use grader::catalog::Exercise;
use grader::error::Error;
use grader::report::Verdict;
use grader::source::Source;
use grader::submission::Work;
use grader::suite::FULL_POINTS;

use crate::exit::Exit;
use crate::output;
use crate::record::{Graded, Record};
use crate::terminal::Terminal;

/// One exercise a line.
pub fn run(terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let record = Record::read(&project);
    let colours = terminal.look().colours;
    let exercises = catalog.exercises();
    let widest = exercises.iter().map(|exercise| measure_text_width(&exercise.slug)).max().unwrap_or(0);
    let mut points = 0;
    let mut accepted = 0;
    let mut text = String::new();
    for exercise in exercises {
        let graded = record.of(exercise);
        let state = State::of(exercise, graded);
        let own = graded.map_or(0, |graded| graded.points);
        points += own;
        accepted += usize::from(state == State::Graded(Verdict::Accepted));
        let word = state.style().force_styling(colours).apply_to(format!("{:<16}", state.word()));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<widest$}  {word}  {own:>3}/{FULL_POINTS}  {}",
            exercise.slug, exercise.teaches
        );
    }
    let full = FULL_POINTS * u32::try_from(exercises.len()).unwrap_or(0);
    let _ = writeln!(text, "\n{accepted} of {} accepted, {points} of {full} points", exercises.len());
    text.push_str("`cargo xtask grade -e EXERCISE` updates a line.\n");
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// These very files were graded, or need no grading.
    Graded(Verdict),
    /// There is a `todo!()` left.
    ToDo,
    /// Changed since, or never graded.
    NotGraded,
}

impl State {
    fn of(exercise: &Exercise, graded: Option<&Graded>) -> Self {
        if let Some(graded) = graded {
            return Self::Graded(graded.verdict);
        }
        let work = Work::in_folder(exercise, &exercise.folder, &exercise.folder);
        // What cannot be taken is not graded yet; grading says what is wrong with it.
        let Some(work) = work else { return Self::NotGraded };
        let Ok(own) = work.take() else { return Self::NotGraded };
        if work.is_stub(&own, exercise) {
            Self::Graded(Verdict::NotStarted)
        } else if own.iter().any(Source::has_todo) {
            Self::ToDo
        } else {
            Self::NotGraded
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Graded(Verdict::Accepted) => "accepted",
            Self::Graded(Verdict::Rejected) => "rejected",
            Self::Graded(Verdict::NotStarted) => "not started",
            Self::Graded(Verdict::CompileError) => "does not compile",
            Self::Graded(Verdict::Forbidden) => "forbidden",
            Self::Graded(Verdict::Interrupted) => "interrupted",
            Self::Graded(Verdict::InternalError) => "internal error",
            Self::ToDo => "to do",
            Self::NotGraded => "not graded yet",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Graded(Verdict::Accepted) => Style::new().green(),
            Self::Graded(Verdict::Rejected | Verdict::CompileError | Verdict::Forbidden) => {
                Style::new().red()
            }
            Self::Graded(Verdict::InternalError) => Style::new().magenta(),
            Self::Graded(Verdict::NotStarted | Verdict::Interrupted) | Self::ToDo | Self::NotGraded => {
                Style::new().yellow()
            }
        }
    }
}
