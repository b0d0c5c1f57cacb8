//! The bar of a class: how far it is, how long it still takes, and how many of each verdict there are so far.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use grader::class::run::{Done, Origin};
use grader::event::Event;
use grader::report::Verdict;
use indicatif::{ProgressBar, ProgressStyle};

use crate::progress;
use crate::progress::heartbeat::{self, Heartbeat};
use crate::terminal::Terminal;

pub(super) struct Progress {
    bar: ProgressBar,
    verbose: bool,
    quiet: bool,
    counts: Arc<Mutex<Counts>>,
    heartbeat: Mutex<Option<Heartbeat>>,
}

#[derive(Default)]
struct Counts {
    verdicts: BTreeMap<Verdict, usize>,
    /// Not graded now: from the cache, or from the run before.
    known: usize,
}

impl Progress {
    pub(super) fn new(length: usize, terminal: &Terminal) -> Self {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let bar = progress::bar(length, terminal.has_bars());
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {eta} left  {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        let counts: Arc<Mutex<Counts>> = Arc::default();
        let said = (bar.clone(), Arc::clone(&counts));
        let heartbeat = Heartbeat::in_place_of_bars(terminal, move |since| {
            let (bar, counts) = &said;
            let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            alive(since, bar.position(), length, &counts)
        });
        let (verbose, quiet) = (terminal.is_verbose(), terminal.is_quiet());
        Self { bar, verbose, quiet, counts, heartbeat: Mutex::new(heartbeat) }
    }

    pub(super) fn event(&self, event: &Event) {
        if matches!(event, Event::ArtifactsStarted) {
            self.note(crate::progress::FIRST_BUILD);
        }
    }

    pub(super) fn done(&self, done: &Done<'_>) {
        let Done { learner, exercise, verdict, origin } = done;
        if self.verbose {
            let from = match origin {
                Origin::Graded => "",
                Origin::Cached => " (graded before)",
                Origin::Resumed => " (from the interrupted run)",
            };
            self.note(&format!("{}: {exercise}: {}{from}", learner.id, verdict.as_str()));
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.verdicts.entry(*verdict).or_default() += 1;
        if *origin != Origin::Graded {
            counts.known += 1;
            // The estimate is about what takes time.
            self.bar.reset_eta();
        }
        self.bar.set_message(counts.to_string());
        drop(counts);
        self.bar.inc(1);
    }

    pub(super) fn finish(&self) {
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.bar.finish_and_clear();
    }

    fn note(&self, line: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{line}"));
        }
    }
}

/// A line for a log: how long it has taken so far, and how far it is.
fn alive(since: Duration, done: u64, all: u64, counts: &Counts) -> String {
    let line = format!("{}: {done} of {all} results", heartbeat::elapsed(since));
    if counts.verdicts.is_empty() { line } else { format!("{line}: {counts}") }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdicts = self.verdicts.iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str()));
        f.write_str(&verdicts.collect::<Vec<_>>().join(", "))?;
        if self.known > 0 {
            write!(f, "; {} known before", self.known)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_counted_in_their_order() {
        let verdicts = BTreeMap::from([(Verdict::Rejected, 2), (Verdict::Accepted, 31)]);
        let counts = Counts { verdicts, known: 4 };
        assert_eq!(counts.to_string(), "31 accepted, 2 rejected; 4 known before");
        assert_eq!(
            alive(heartbeat::EVERY, 33, 60, &counts),
            "1 min: 33 of 60 results: 31 accepted, 2 rejected; 4 known before"
        );
        assert_eq!(alive(heartbeat::EVERY, 0, 60, &Counts::default()), "1 min: 0 of 60 results");
    }
}
