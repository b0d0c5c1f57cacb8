//! What the pipeline tells whoever listens while it works. Nothing depends on anybody listening.

use std::path::PathBuf;
use std::time::Duration;

use crate::suite::CheckId;
use crate::verdict::{CheckStatus, Verdict};

/// Something happened. Events of different exercises interleave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The grader's own crates are being built: the first run, or the first after a change.
    FirstBuild,
    ExerciseStarted {
        exercise: String,
        checks: usize,
    },
    Compiling {
        exercise: String,
        what: &'static str,
    },
    /// A child has ended. Benchmarks run it again, bare.
    CommandRan(CommandRun),
    CheckFinished {
        exercise: String,
        check: CheckId,
        status: CheckStatus,
        duration: Duration,
    },
    ExerciseFinished {
        exercise: String,
        verdict: Verdict,
        points: u32,
        max_points: u32,
    },
}

/// A child that the pipeline ran, as it was run.
#[derive(Debug, Clone)]
pub struct CommandRun {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub folder: PathBuf,
    pub input: String,
    pub duration: Duration,
}

/// Whoever wants to know. It is called from several threads.
pub trait Listener: Sync {
    fn event(&self, event: &Event);
}

impl<F: Fn(&Event) + Sync> Listener for F {
    fn event(&self, event: &Event) {
        self(event);
    }
}
