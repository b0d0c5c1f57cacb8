//! A session in words: what is on its screen, and the lines where nothing is drawn.

use std::fs;

use grader::format::{Format as _, Look, Text};
use grader::learner::progress::Progress;
use grader::learner::{hint, state};
use grader::report::{Report, Verdict};
use miette::Diagnostic as _;

use super::{Last, Session, Shown, View};
use crate::checked::Checked;
use crate::watch::screen::Page;
use crate::watch::step::Steps;
use crate::{list, markdown};

/// The keys, for the bottom of the screen.
const KEYS: &str = "h hint  l list  n next  r run again  t step through  x reset  q quit";

/// How a learner goes on.
#[derive(Debug, Clone, Copy)]
enum Way {
    Keys,
    /// Nothing is drawn, and no key is read.
    Commands,
}

impl Session<'_> {
    /// What is to be drawn.
    pub fn shown(&self, look: Look) -> Shown {
        if let (View::Steps { at }, Some((recording, files))) = (self.view, self.recording()) {
            return Shown::Steps(Steps::new(recording, &files, at));
        }
        let progress = Progress::read(self.project.content());
        let body = match self.view {
            View::Report | View::Steps { .. } => self.verdict(&progress, look, Way::Keys),
            View::List => list::table(self.project, self.catalog, &progress, look),
            View::Hint { level } => self.hint_text(level, look),
            View::Reset => format!(
                "Put the stub of {} back?\nYour file is kept beside it, as {}.backup-1 or the next number that is free.\n\ny yes, any other key no",
                self.exercise.slug,
                self.watched()
            ),
        };
        let mut footer =
            vec![list::summary(self.project, self.catalog, &progress, look, false), KEYS.to_owned()];
        if let Some(note) = &self.note {
            footer.insert(0, note.clone());
        }
        let heading = format!("{}: {}", self.exercise.slug, self.doing());
        let body = body.trim_end().lines().map(str::to_owned).collect();
        Shown::Page(Page { heading, body, footer, wanted: self.scroll })
    }

    fn doing(&self) -> &'static str {
        match (self.is_working, &self.last) {
            (true, _) if self.is_preparing => {
                "building what checks are linked with, once (about half a minute)…"
            }
            (true, Last::Checked { report, .. }) if report.verdict == Verdict::Accepted => {
                "the public tests pass, grading…"
            }
            (true, _) => "checking…",
            (false, _) => "waiting for the next save",
        }
    }

    fn hint_text(&self, level: usize, look: Look) -> String {
        match hint::hint(self.exercise, level) {
            Ok(Some(hint)) => {
                let more =
                    if hint.level < hint.levels { "h shows the next one" } else { "it is the last one" };
                format!(
                    "{}\nHint {} of {}: {more}. Escape goes back.\n",
                    markdown::rendered(&hint.text, look),
                    hint.level,
                    hint.levels
                )
            }
            Ok(None) => "This exercise has no hints.\n".to_owned(),
            Err(fault) => format!("{fault}\n"),
        }
    }

    /// What was found out last.
    fn verdict(&self, progress: &Progress, look: Look, way: Way) -> String {
        match &self.last {
            Last::Nothing => format!("Save {} to check it again.\n", self.watched()),
            Last::Checked { report, took } => {
                let checked = Checked {
                    exercise: self.exercise,
                    report,
                    progress,
                    can_grade: self.can_grade(),
                    took: *took,
                };
                let text = checked.text(look);
                // Where there is no suite, there is no grading that would offer the next exercise.
                if report.verdict == Verdict::Accepted && !self.can_grade() {
                    format!("{text}{}\n", self.offer(progress, way))
                } else {
                    text
                }
            }
            Last::Graded { report, .. } => self.graded(report, progress, look, way),
            Last::Failed(error) => {
                let help = error.help().map(|help| format!("\n{help}")).unwrap_or_default();
                format!("{error}{help}\n")
            }
        }
    }

    /// The way to the next exercise.
    fn offer(&self, progress: &Progress, way: Way) -> String {
        match (state::next(self.project, self.catalog, progress, Some(self.exercise)), way) {
            (Some(next), Way::Keys) => format!("Next: {}, {}. Press n.", next.slug, next.title),
            (Some(next), Way::Commands) => {
                format!("Next: {}, {}. Run cargo xtask watch {}.", next.slug, next.title, next.slug)
            }
            (None, _) => "That was the last one: there is no other exercise to do.".to_owned(),
        }
    }

    fn graded(&self, report: &Report, progress: &Progress, look: Look, way: Way) -> String {
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = Text::new(look).write(report, &mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        if report.exercises.iter().any(|exercise| exercise.verdict != Verdict::Accepted) {
            return text;
        }
        let next = self.offer(progress, way);
        let explanation = self.project.solution(&self.exercise.slug).join("EXPLANATION.md");
        let explanation = fs::read_to_string(explanation)
            .map(|markdown| format!("\n{}", markdown::rendered(&markdown, look)))
            .unwrap_or_default();
        let points =
            format!("{}: accepted, {} of {} points.", self.exercise.slug, report.points, report.max_points);
        format!("{points}\n{next}\n{explanation}\n{text}")
    }

    /// What there is to print where nothing is drawn.
    pub fn take_lines(&mut self, look: Look) -> Option<String> {
        self.has_changed = false;
        if !std::mem::take(&mut self.unprinted) {
            return None;
        }
        let progress = Progress::read(self.project.content());
        Some(format!("\n{}\n{}", self.exercise.slug, self.verdict(&progress, look, Way::Commands)))
    }
}
