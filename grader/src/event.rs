//! What the pipeline says while it works, to whoever listens. Nothing depends on anybody listening.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::process::CpuTime;
use crate::report::{CheckStatus, Verdict};
use crate::suite::CheckId;

/// Something happened. Events of different exercises interleave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The grader's own crates are about to be built: the first run, or the first after a change.
    ArtifactsStarted,
    /// One of the crates that they are made of has been built.
    ArtifactBuilt {
        /// As Rust code names it.
        name: String,
    },
    ArtifactsFinished {
        duration: Duration,
    },
    ExerciseStarted {
        exercise: String,
        checks: usize,
    },
    /// A compiler runs. More than one may, for one exercise.
    CompilationStarted {
        exercise: String,
        what: Compilation,
    },
    CompilationFinished {
        exercise: String,
        what: Compilation,
    },
    /// A check begins to run. One that an interruption ends does not finish.
    CheckStarted {
        exercise: String,
        check: CheckId,
    },
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
    /// A child has ended. Benchmarks run it again, bare.
    CommandRan(CommandRun),
}

/// What a compiler works on, other than a contract, which is a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compilation {
    /// The learner's crate, for real threads.
    Submission,
    /// The learner's crate, for the model.
    ModelledSubmission,
    /// The public items that the exercise asks for.
    Signature,
    /// The checks on real threads.
    StressChecks,
    /// The checks under the model.
    ModelChecks,
    /// The learner's crate, for loom.
    LoomSubmission,
    /// The checks in loom.
    LoomChecks,
}

/// A child that the pipeline ran, as it was run.
#[derive(Debug, Clone)]
pub struct CommandRun {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub folder: PathBuf,
    /// What it could read from its standard input.
    pub input: String,
    pub duration: Duration,
    pub cpu: CpuTime,
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
