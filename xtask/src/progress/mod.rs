//! What a person sees on standard error while the pipeline works: one line that names what is running now,
//! if that is a terminal; with `--verbose` also a line for everything that begins or ends.

mod running;
mod verbose;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use grader::event::{Event, Listener};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;
use running::Running;
pub use verbose::quoted;

/// Draws the events of the pipeline.
pub struct Progress {
    bar: ProgressBar,
    counts: Counts,
    verbose: bool,
    running: Mutex<Running>,
}

/// What the bar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Checks,
    Submissions,
}

impl Progress {
    pub fn new(counts: Counts, length: u64, terminal: &Terminal) -> Self {
        let bar = if Terminal::is_watched() && !terminal.is_plain() {
            ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, counts, verbose: terminal.is_verbose(), running: Mutex::default() }
    }

    /// One submission is done.
    pub fn submission_done(&self) {
        self.bar.inc(1);
    }

    /// Prints to standard output without disturbing the bar.
    pub fn print(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn note(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }
}

impl Listener for Progress {
    fn event(&self, event: &Event) {
        let is_counted = match event {
            Event::ExerciseStarted { checks, .. } if self.counts == Counts::Checks => {
                self.bar.inc_length(u64::try_from(*checks).unwrap_or(0));
                false
            }
            Event::CheckFinished { .. } => self.counts == Counts::Checks,
            Event::ArtifactsStarted => {
                self.note(FIRST_BUILD);
                false
            }
            Event::ArtifactsFinished { duration } => {
                self.note(&format!("Built in {} s.", duration.as_secs()));
                false
            }
            // More kinds of events may come; a bar need not show them.
            _ => false,
        };
        if self.verbose
            && let Some(line) = verbose::line(event)
        {
            self.note(&line);
        }
        // What is running stays right after a panic: it changes in single steps.
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.update(event) {
            self.bar.set_message(running.to_string());
        }
        drop(running);
        if is_counted {
            self.bar.inc(1);
        }
    }
}

/// What is said before the first build.
pub const FIRST_BUILD: &str = "Building the crates that every check is linked with: once, and again after a change to them.\nThis takes about half a minute on two cores.";
