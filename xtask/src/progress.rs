//! What a person sees while the pipeline works: one line on standard error, if that is a terminal.

use std::time::Duration;

use grader::event::{Event, Listener};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// Draws the events of the pipeline.
pub struct Progress {
    bar: ProgressBar,
    counts: Counts,
}

/// What the bar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Checks,
    Submissions,
}

impl Progress {
    pub fn new(counts: Counts, length: u64) -> Self {
        let bar = if Terminal::is_watched() {
            ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        let template = "{spinner} {pos}/{len} {bar:24} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, counts }
    }

    /// One submission is done; `line`, if any, stays above the bar.
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
}

impl Listener for Progress {
    fn event(&self, event: &Event) {
        match event {
            Event::FirstBuild => {
                let note = "Building the grader's own crates: the first run only, or after a change.";
                self.bar.suspend(|| eprintln!("{note}"));
            }
            Event::ExerciseStarted { checks, .. } if self.counts == Counts::Checks => {
                self.bar.inc_length(u64::try_from(*checks).unwrap_or(0));
            }
            Event::Compiling { exercise, what } => {
                self.bar.set_message(format!("{exercise}: compiling {what}"))
            }
            Event::CheckFinished { exercise, check, .. } => {
                self.bar.set_message(format!("{exercise}: {check}"));
                if self.counts == Counts::Checks {
                    self.bar.inc(1);
                }
            }
            // More kinds of events may come; a bar need not show them.
            _ => {}
        }
    }
}
