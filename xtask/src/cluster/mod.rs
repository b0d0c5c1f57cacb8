//! `cargo xtask cluster`: a class in shards, on an engine that exists.
//!
//! ```text
//! job         what every engine is to do, and with how much
//! files       files for an engine, without a loss of what is there
//! slurm       an array job, submitted and waited for
//! kubernetes  manifests
//! github      a workflow
//! ```
//!
//! An engine may run a shard twice, also at once: a shard's results do not depend on it.

mod files;
mod github;
mod job;
mod kubernetes;
mod refused;
#[cfg(test)]
mod samples;
mod slurm;

use grader::error::{Error, Fault};

use crate::class;
use crate::cli::ClusterCommand;
use crate::exit::Exit;
use crate::terminal::Terminal;
use refused::Refused;

/// Why a command ended before its end.
#[derive(Debug)]
enum Ended {
    Refused(Refused),
    Failed(Error),
}

impl From<Refused> for Ended {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.into())
    }
}

/// Writes what an engine needs, or hands it over.
pub fn run(command: &ClusterCommand, terminal: &Terminal) -> Result<Exit, Error> {
    // Said here, where somebody is to hear it; the machines get the number itself.
    class::date()?;
    let date = std::env::var("SOURCE_DATE_EPOCH").ok();
    let ended = match command {
        ClusterCommand::Slurm(args) => slurm::run(args, date, terminal),
        ClusterCommand::Kubernetes(args) => kubernetes::run(args, date, terminal),
        ClusterCommand::Github(args) => github::run(args, date, terminal),
    };
    match ended {
        Ok(exit) => Ok(exit),
        Err(Ended::Failed(error)) => Err(error),
        Err(Ended::Refused(refused)) => {
            let exit = refused.exit();
            terminal.error(refused);
            Ok(exit)
        }
    }
}
