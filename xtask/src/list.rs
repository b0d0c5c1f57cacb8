//! `cargo xtask list`, and `cargo xtask` alone

use std::fmt::Write as _;

use console::Style;
use grader::catalog::{Catalog, Exercise};
use grader::course::{Course, Topic};
use grader::error::Error;
use grader::format::Look;
use grader::learner::hint;
use grader::learner::progress::Progress;
use grader::learner::state::{self, State};
use grader::project::Project;
use grader::suite::FULL_POINTS;

use crate::exit::Exit;
use crate::output;
use crate::terminal::Terminal;

/// Every exercise, and how far the learner is.
pub fn run(terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let progress = Progress::read(project.content());
    let look = terminal.look_of_a_list();
    let mut text = if terminal.is_plain() {
        sentences(&project, &catalog, &progress)
    } else {
        table(&project, &catalog, &progress, look)
    };
    if let Some(course) = Course::read(&project, &catalog)? {
        text.push('\n');
        text.push_str(&map(&course, &progress, look));
    }
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// The phases and topics of the course, with how much of each is accepted, and what comes later.
fn map(course: &Course<'_>, progress: &Progress, look: Look) -> String {
    let accepted = |exercises: &mut dyn Iterator<Item = &Exercise>| {
        exercises.filter(|exercise| State::of(exercise, progress) == State::Accepted).count()
    };
    let mut text = String::new();
    let mut add = |indent: &str, line: &str| {
        let options = textwrap::Options::new(look.width).initial_indent(indent).subsequent_indent("      ");
        text.push_str(&textwrap::fill(line, options));
        text.push('\n');
    };
    for (number, phase) in course.phases.iter().enumerate() {
        let all = phase.exercises().count();
        let done = match all {
            0 => "later".to_owned(),
            _ => format!("{} of {all} accepted in this phase", accepted(&mut phase.exercises())),
        };
        add("", &format!("Phase {}, {}: {done}", number + 1, phase.title));
        for Topic { title, exercises, later } in &phase.topics {
            let names: Vec<&str> = exercises.iter().map(|exercise| exercise.slug.as_str()).collect();
            if !names.is_empty() {
                let done = accepted(&mut exercises.iter().copied());
                add("  ", &format!("{title}, {done} of {}: {}", names.len(), names.join(", ")));
            }
            later.iter().for_each(|later| add("  ", &format!("{title}, later: {later}")));
        }
    }
    text
}

/// Where the learner is, and the one thing to do next.
pub fn whereabouts(terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let progress = Progress::read(project.content());
    let here = std::env::current_dir().unwrap_or_default();
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{}",
        summary(&project, &catalog, &progress, terminal.look_of_a_list(), terminal.is_plain())
    );
    text.push('\n');
    match state::current(&project, &catalog, &progress, &here) {
        Some(exercise) => text.push_str(&next_step(&project, exercise, &progress)),
        None => text.push_str(
            "Nothing is left to do. `cargo xtask explain` has more to read, and any exercise can be done in\nanother way: `cargo xtask reset EXERCISE` starts again and keeps your file.\n",
        ),
    }
    text.push_str("\n`cargo xtask list` shows all exercises, `cargo xtask --help` all commands.\n");
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// The one thing to do next for an exercise.
fn next_step(project: &Project, exercise: &Exercise, progress: &Progress) -> String {
    let slug = &exercise.slug;
    let file = exercise.editable.first().map(|name| name.display().to_string()).unwrap_or_default();
    let file = format!("exercises/{slug}/{file}");
    let mut text = format!("{slug}: {}\n{}.\n\n", exercise.title, exercise.teaches);
    let step = match State::of(exercise, progress) {
        State::NotStarted => format!(
            "Next: read exercises/{slug}/README.md, open {file}, and run\n\n    cargo xtask watch\n\nIt checks your work each time you save the file.\n"
        ),
        State::InProgress => {
            let hints = match (hint::next_level(exercise, progress), hint::levels(exercise)) {
                (_, 0) => String::new(),
                (level, levels) => {
                    format!("Stuck? `cargo xtask hint` shows hint {level} of {levels}.\n")
                }
            };
            format!("Next: go on with {file}, and run\n\n    cargo xtask watch\n\n{hints}")
        }
        State::PublicTestsPass if state::is_done(project, exercise, progress) => {
            format!("The public tests pass: {file} can be handed in.\n")
        }
        State::PublicTestsPass => format!(
            "The public tests pass. Next: the whole suite, with checks that are not shown. Run\n\n    cargo xtask grade -e {slug}\n"
        ),
        State::Accepted => {
            "It is accepted. `cargo xtask watch` in another exercise's folder goes on with that one.\n"
                .to_owned()
        }
    };
    text.push_str(&step);
    text
}

/// One exercise a line, with what it teaches beside it.
pub fn table(project: &Project, catalog: &Catalog, progress: &Progress, look: Look) -> String {
    /// Narrower, and what an exercise teaches stands below it.
    const ROOM_FOR_TEXT: usize = 24;
    let exercises = catalog.exercises();
    let widest = exercises.iter().map(|exercise| exercise.slug.chars().count()).max().unwrap_or(0);
    let indent = widest + 2 + STATE + 2 + POINTS + 2;
    let mut text = String::new();
    for exercise in exercises {
        let state = State::of(exercise, progress);
        let word = style(state).force_styling(look.colours).apply_to(format!("{:<STATE$}", state.as_str()));
        let points =
            state::points(exercise, progress).map_or_else(|| "-".to_owned(), |points| points.to_string());
        let own = format!("{:<widest$}  {word}  {points:>3}/{FULL_POINTS}", exercise.slug);
        let beside = look.width >= indent + ROOM_FOR_TEXT;
        let room = if beside { look.width - indent } else { look.width.saturating_sub(4).max(20) };
        let lines = textwrap::wrap(&exercise.teaches, room);
        let _ = match lines.split_first() {
            Some((first, rest)) if beside => {
                let _ = writeln!(text, "{own}  {first}");
                rest.iter().try_for_each(|line| writeln!(text, "{:indent$}{line}", ""))
            }
            Some(_) | None => {
                let _ = writeln!(text, "{own}");
                lines.iter().try_for_each(|line| writeln!(text, "    {line}"))
            }
        };
        if progress.of(exercise).is_some_and(|entry| entry.was_accepted) && state != State::Accepted {
            let _ = writeln!(text, "{:width$}  (an earlier version was accepted)", "", width = widest);
        }
    }
    let _ = writeln!(text, "\n{}", summary(project, catalog, progress, look, false));
    text
}

/// The widths of columns.
const STATE: usize = 17;
const POINTS: usize = 7;

/// How many are done, with a bar unless it is to be read aloud. Where there is no suite, nothing has points.
pub fn summary(project: &Project, catalog: &Catalog, progress: &Progress, look: Look, plain: bool) -> String {
    const BAR: usize = 24;
    let exercises = catalog.exercises();
    let done = exercises.iter().filter(|exercise| state::is_done(project, exercise, progress)).count();
    let points: u32 = exercises.iter().filter_map(|exercise| state::points(exercise, progress)).sum();
    let full = FULL_POINTS * u32::try_from(exercises.len()).unwrap_or(0);
    let counted = if exercises.iter().any(|exercise| project.suite(&exercise.slug).is_dir()) {
        format!("{done} of {} accepted, {points} of {full} points", exercises.len())
    } else {
        format!("{done} of {} pass their public tests", exercises.len())
    };
    if plain {
        return counted;
    }
    let filled = (done * BAR).checked_div(exercises.len()).unwrap_or(0);
    let (full, empty) = if look.unicode { ("█", "░") } else { ("#", "-") };
    let bar = Style::new().green().force_styling(look.colours).apply_to(full.repeat(filled));
    format!("{bar}{}  {counted}", empty.repeat(BAR - filled))
}

/// The same in sentences, for a screen reader.
fn sentences(project: &Project, catalog: &Catalog, progress: &Progress) -> String {
    let mut text = String::new();
    for exercise in catalog.exercises() {
        let state = State::of(exercise, progress).as_str();
        let points = match state::points(exercise, progress) {
            Some(points) => format!("{points} of {FULL_POINTS} points"),
            None => "not graded".to_owned(),
        };
        let _ = writeln!(text, "{}: {state}, {points}. {}.", exercise.slug, exercise.teaches);
    }
    let look = Look { width: 80, colours: false, unicode: false };
    let _ = writeln!(text, "{}.", summary(project, catalog, progress, look, true));
    text
}

fn style(state: State) -> Style {
    match state {
        State::Accepted => Style::new().green(),
        State::PublicTestsPass => Style::new().cyan(),
        State::InProgress => Style::new().yellow(),
        State::NotStarted => Style::new().dim(),
    }
}
