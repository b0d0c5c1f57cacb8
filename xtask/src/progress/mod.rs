//! What a person sees on standard error while the pipeline works: one line that names what is running now,
//! if that is a terminal; with `--verbose` also a line for everything that begins or ends.

pub mod heartbeat;
mod running;
mod verbose;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use grader::event::{Event, Listener};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;
use heartbeat::Heartbeat;
use running::Running;
pub use verbose::quoted;

/// Draws the events of the pipeline.
pub struct Progress {
    bar: ProgressBar,
    counts: Counts,
    verbose: bool,
    quiet: bool,
    running: Arc<Mutex<Running>>,
    heartbeat: Mutex<Option<Heartbeat>>,
}

/// What the bar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Checks,
    Submissions,
    Mutants,
}

impl Progress {
    pub fn new(counts: Counts, length: u64, terminal: &Terminal) -> Self {
        let bar = bar(length, terminal.has_bars());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        let running: Arc<Mutex<Running>> = Arc::default();
        let said = (bar.clone(), Arc::clone(&running));
        let heartbeat = Heartbeat::in_place_of_bars(terminal, move |since| {
            let (bar, running) = &said;
            let running = running.lock().unwrap_or_else(PoisonError::into_inner).to_string();
            alive(since, bar, counts, &running)
        });
        let (verbose, quiet) = (terminal.is_verbose(), terminal.is_quiet());
        Self { bar, counts, verbose, quiet, running, heartbeat: Mutex::new(heartbeat) }
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
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.bar.finish_and_clear();
    }

    fn note(&self, line: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{line}"));
        }
    }
}

/// A bar that counts up to `length`, also where it is not drawn.
pub fn bar(length: u64, is_drawn: bool) -> ProgressBar {
    let target = if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(Some(length), target)
}

/// A line for a log: how long it has taken so far, how far it is, and what is running.
fn alive(since: Duration, bar: &ProgressBar, counts: Counts, running: &str) -> String {
    let what = match counts {
        Counts::Checks => "checks",
        Counts::Submissions => "submissions",
        Counts::Mutants => "mutants",
    };
    let (done, all) = (bar.position(), bar.length().unwrap_or_default());
    let line = format!("{}: {done} of {all} {what} done", heartbeat::elapsed(since));
    if running.is_empty() { line } else { format!("{line}; {running}") }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_that_is_not_drawn_knows_how_much_there_is() {
        let bar = bar(600, false);
        bar.inc(61);
        bar.inc_length(46);
        let line = alive(Duration::from_secs(60), &bar, Counts::Submissions, "");
        assert_eq!(line, "1 min: 61 of 646 submissions done");
    }

    #[test]
    fn a_log_hears_how_far_a_run_is_and_what_is_running() {
        let bar = bar(40, false);
        bar.inc(13);
        let minute = heartbeat::EVERY;
        assert_eq!(alive(minute, &bar, Counts::Checks, ""), "1 min: 13 of 40 checks done");
        let running = alive(2 * minute, &bar, Counts::Submissions, "pool: a (model)");
        assert_eq!(running, "2 min: 13 of 40 submissions done; pool: a (model)");
    }
}
