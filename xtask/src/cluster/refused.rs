//! Why a class does not get onto a cluster.

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::exit::Exit;

/// What was asked for makes no sense for an engine, or the engine does not do it.
#[derive(Debug, Error, Diagnostic)]
pub enum Refused {
    #[error("{} has no name that a script can have", path.display())]
    #[diagnostic(help("give it a name in UTF-8"))]
    NotText { path: PathBuf },

    #[error("{} is not a path inside {what}", path.display())]
    #[diagnostic(help("name it from the top of {what}, as in `class/week-3`"))]
    Outside { path: PathBuf, what: &'static str },

    #[error("the format `{0}` is about one learner")]
    #[diagnostic(help(
        "merge the shards with it: `cargo xtask merge DIR --format {0} --output '{{learner}}.{1}'`"
    ))]
    OneByOne(&'static str, &'static str),

    #[error("a matrix of GitHub Actions has at most {most} jobs, and these are {shards}")]
    #[diagnostic(help("a shard may have any number of learners: use fewer shards"))]
    TooMany { shards: usize, most: usize },

    #[error("`{name}` is no name that Kubernetes knows")]
    #[diagnostic(help("names there have lower-case letters, digits, `-` and `.`"))]
    Name { name: String },

    #[error("`{program}` cannot be run")]
    #[diagnostic(help(
        "submit from a machine that has Slurm, or write the files with `--output DIR` and submit them there"
    ))]
    NoSlurm { program: &'static str, source: io::Error },

    #[error("`{program}` did not take the job")]
    #[diagnostic(help("what it said is above; its environment variables, such as SBATCH_PARTITION, hold"))]
    NotSubmitted { program: &'static str },

    #[error("the shards are merged, and the job that writes the reports failed")]
    #[diagnostic(help("{} says why; `cargo xtask merge` does it here", log.display()))]
    NoReports { log: PathBuf },
}

impl Refused {
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotText { .. }
            | Self::Outside { .. }
            | Self::OneByOne(..)
            | Self::TooMany { .. }
            | Self::Name { .. } => Exit::Usage,
            Self::NoSlurm { .. } | Self::NotSubmitted { .. } | Self::NoReports { .. } => Exit::GraderFailed,
        }
    }
}
