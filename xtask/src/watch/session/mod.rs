//! What a session knows, and what news means for it. It draws nothing and runs nothing; `shown` puts it into words.

mod shown;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use grader::catalog::{Catalog, Exercise};
use grader::error::Error;
use grader::learner::progress::Progress;
use grader::learner::{hint, reset, state};
use grader::project::Project;
use grader::report::{CheckReport, ExerciseReport, Recording, Report, SourceFile, Verdict};

use super::News;
use super::changes::Version;
use super::screen::Page;
use super::step::Steps;
use super::worker::{Found, Order, Result as Worked};
use crate::keys::Key;
use crate::own;

/// Editors write a file in several steps: a save is over when it has been quiet for as long as this.
const QUIET: Duration = Duration::from_millis(60);

pub struct Session<'a> {
    project: &'a Project,
    catalog: &'a Catalog,
    exercise: &'a Exercise,
    orders: Sender<Order>,
    /// Ends the check that is running.
    overtaken: Arc<AtomicBool>,
    /// What was ordered last.
    ordered: Option<Version>,
    is_working: bool,
    is_preparing: bool,
    /// When the files last changed, until that has been looked at.
    saved: Option<Instant>,
    last: Last,
    view: View,
    scroll: usize,
    /// For one screen.
    note: Option<String>,
    has_changed: bool,
    has_quit: bool,
    /// Verdicts that have not been printed as lines yet.
    unprinted: bool,
}

/// What was found out about the newest version.
enum Last {
    Nothing,
    Checked { report: ExerciseReport, took: Duration },
    Graded { checked: Option<ExerciseReport>, report: Report },
    Failed(Error),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Report,
    List,
    Hint {
        level: usize,
    },
    /// Whether to reset is asked.
    Reset,
    Steps {
        at: usize,
    },
}

/// What is on the screen.
pub enum Shown {
    Page(Page),
    Steps(Steps),
}

impl<'a> Session<'a> {
    pub fn new(
        project: &'a Project,
        catalog: &'a Catalog,
        exercise: &'a Exercise,
        orders: Sender<Order>,
        overtaken: Arc<AtomicBool>,
    ) -> Self {
        Self {
            project,
            catalog,
            exercise,
            orders,
            overtaken,
            ordered: None,
            is_working: false,
            is_preparing: false,
            saved: None,
            last: Last::Nothing,
            view: View::Report,
            scroll: 0,
            note: None,
            has_changed: true,
            has_quit: false,
            unprinted: false,
        }
    }

    /// The file that is watched, from the project's folder.
    pub fn watched(&self) -> String {
        let name = self.exercise.editable.first().map(|name| name.display().to_string()).unwrap_or_default();
        format!("exercises/{}/{name}", self.exercise.slug)
    }

    pub fn has_quit(&self) -> bool {
        self.has_quit
    }

    /// Whether there is something new to draw, once.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.has_changed)
    }

    /// Where the screen really begins: no further than to the text's end.
    pub fn scrolled_to(&mut self, offset: usize) {
        self.scroll = offset;
    }

    /// How long until a save is over.
    pub fn due_in(&self, now: Instant) -> Option<Duration> {
        self.saved.map(|saved| (saved + QUIET).saturating_duration_since(now))
    }

    /// Orders a check if the files have changed and are quiet again.
    pub fn order_if_due(&mut self, now: Instant) {
        if self.due_in(now).is_none_or(|due| !due.is_zero()) {
            return;
        }
        self.saved = None;
        // Tests, backups and other exercises are below the same folder, and editors touch what they do not change.
        if self.ordered.as_ref() != Some(&Version::of(self.exercise)) {
            self.order_now();
        }
    }

    /// Orders a check of the files as they are.
    pub fn order_now(&mut self) {
        let version = Version::of(self.exercise);
        self.ordered = Some(version.clone());
        self.overtaken.store(self.is_working, Ordering::Relaxed);
        self.is_working = true;
        self.has_changed = true;
        // The worker is there for as long as the session is.
        let _ = self.orders.send(Order { exercise: self.exercise.slug.clone(), version });
    }

    pub fn hear(&mut self, news: News, now: Instant) {
        match news {
            News::Saved => self.saved = Some(now),
            News::Resized => self.has_changed = true,
            News::Preparing => {
                self.is_preparing = true;
                self.has_changed = true;
            }
            News::Pressed(key) => {
                self.has_changed = true;
                self.note = None;
                self.press(key);
            }
            News::Worked(result) => self.worked(*result),
        }
    }

    fn worked(&mut self, result: Worked) {
        let Worked { exercise, version, took, found } = result;
        // A newer save has overtaken it, or the exercise is another one now.
        if exercise != self.exercise.slug || self.ordered.as_ref() != Some(&version) {
            return;
        }
        let is_interrupted = match &found {
            Found::Checked(report) => report.verdict == Verdict::Interrupted,
            Found::Graded(report) => report.exercises.iter().any(|own| own.verdict == Verdict::Interrupted),
            Found::Failed(_) => false,
        };
        if is_interrupted {
            return;
        }
        self.is_preparing = false;
        self.is_working = false;
        self.scroll = 0;
        self.has_changed = true;
        self.unprinted = true;
        if !matches!(self.view, View::List | View::Hint { .. }) {
            self.view = View::Report;
        }
        self.last = match found {
            Found::Checked(report) => {
                own::remember_checked(self.project, self.exercise, version.files, &report);
                // It is being graded now.
                self.is_working = report.verdict == Verdict::Accepted && self.can_grade();
                Last::Checked { report, took }
            }
            Found::Graded(report) => {
                own::remember_graded(self.project, self.catalog, &report.exercises);
                let checked = match std::mem::replace(&mut self.last, Last::Nothing) {
                    Last::Checked { report, .. } => Some(report),
                    Last::Graded { checked, .. } => checked,
                    Last::Nothing | Last::Failed(_) => None,
                };
                Last::Graded { checked, report }
            }
            Found::Failed(error) => Last::Failed(error),
        };
    }

    fn press(&mut self, key: Key) {
        if let View::Steps { at } = self.view {
            return self.press_in_steps(key, at);
        }
        if self.view == View::Reset {
            self.view = View::Report;
            if key == Key::Letter('y') {
                self.reset();
            }
            return;
        }
        match key {
            Key::Letter('q') | Key::Interrupt => self.has_quit = true,
            Key::Letter('h') => self.hint(),
            Key::Letter('l') => self.turn(if self.view == View::List { View::Report } else { View::List }),
            Key::Letter('n') => self.next(),
            Key::Letter('r') => {
                self.turn(View::Report);
                self.order_now();
            }
            Key::Letter('t') => {
                if self.recording().is_some() {
                    self.turn(View::Steps { at: 0 });
                } else {
                    self.note = Some("There is no failing schedule to step through.".to_owned());
                }
            }
            Key::Letter('x') => self.turn(View::Reset),
            Key::Up => self.scroll = self.scroll.saturating_sub(1),
            Key::Down => self.scroll += 1,
            Key::PageUp => self.scroll = self.scroll.saturating_sub(15),
            Key::PageDown | Key::Letter(' ') => self.scroll += 15,
            Key::Home => self.scroll = 0,
            Key::End => self.scroll = usize::MAX / 2,
            Key::Escape => self.turn(View::Report),
            Key::Left | Key::Right | Key::Enter | Key::Letter(_) => {}
        }
    }

    fn press_in_steps(&mut self, key: Key, at: usize) {
        let last =
            self.recording().map_or(0, |(recording, _)| recording.execution.steps.len().saturating_sub(1));
        let at = match key {
            Key::Left | Key::Up => at.saturating_sub(1),
            Key::Right | Key::Down | Key::Letter(' ') => (at + 1).min(last),
            Key::PageUp => at.saturating_sub(10),
            Key::PageDown => (at + 10).min(last),
            Key::Home => 0,
            Key::End => last,
            Key::Escape | Key::Letter('t' | 'q') => return self.turn(View::Report),
            Key::Interrupt => {
                self.has_quit = true;
                at
            }
            Key::Enter | Key::Letter(_) => at,
        };
        self.view = View::Steps { at };
    }

    fn turn(&mut self, view: View) {
        self.view = view;
        self.scroll = 0;
    }

    fn hint(&mut self) {
        let progress = Progress::read(self.project.content());
        let level = hint::next_level(self.exercise, &progress);
        if level == 0 {
            self.note = Some("This exercise has no hints.".to_owned());
            return;
        }
        own::remember_hint(self.project, self.exercise, level);
        self.turn(View::Hint { level });
    }

    fn next(&mut self) {
        let progress = Progress::read(self.project.content());
        let Some(next) = state::next(self.project, self.catalog, &progress, Some(self.exercise)) else {
            self.note = Some("There is no other exercise to do.".to_owned());
            return;
        };
        self.exercise = next;
        self.last = Last::Nothing;
        self.turn(View::Report);
        self.order_now();
    }

    fn reset(&mut self) {
        self.note = Some(match reset::reset(self.exercise) {
            Ok(files) => {
                let said: String =
                    files.iter().map(|file| crate::reset::said(file, self.project.content())).collect();
                said.trim_end().to_owned()
            }
            Err(fault) => fault.to_string(),
        });
        self.order_now();
    }

    fn can_grade(&self) -> bool {
        self.project.suite(&self.exercise.slug).is_dir()
    }

    /// The failing execution that is told about, and the files that it is in.
    fn recording(&self) -> Option<(&Recording, Vec<SourceFile>)> {
        fn of(report: &ExerciseReport) -> Option<(&Recording, &ExerciseReport)> {
            let recorded =
                |check: &'_ CheckReport| check.failure.as_ref().is_some_and(|it| it.recording.is_some());
            let check = report.checks.iter().find(|check| recorded(check))?;
            Some((check.failure.as_ref()?.recording.as_ref()?, report))
        }
        let (recording, report) = match &self.last {
            Last::Checked { report, .. } => of(report),
            Last::Graded { report, .. } => report.exercises.iter().find_map(of),
            Last::Nothing | Last::Failed(_) => None,
        }?;
        let mut files = report.sources.clone();
        let name = "tests/public.rs";
        if let Ok(text) = fs::read_to_string(self.exercise.folder.join(name)) {
            files.push(SourceFile { name: name.to_owned(), text });
        }
        Some((recording, files))
    }
}
