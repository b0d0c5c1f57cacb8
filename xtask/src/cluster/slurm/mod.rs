//! Slurm: an array job with a task for each shard, and a job that merges them when all have ended.
//!
//! ```text
//! script  the files for sbatch
//! submit  submitting them, and waiting
//! ```

mod script;
mod submit;

use std::path::Path;

use grader::catalog::Catalog;
use grader::class::intake::{Class, Roster};
use grader::error::Error;

use super::job::Job;
use super::refused::Refused;
use super::{Ended, files};
use crate::cli::{JobArgs, MergeArgs, SlurmArgs};
use crate::exit::Exit;
use crate::output::Order;
use crate::terminal::Terminal;
use crate::{merge, prepare, signals};
use script::Program;

/// The folder of the job in that of the results.
const FOLDER: &str = "slurm";

/// Submits a class, waits, and prints the merged report. Says with the exit code whether all of it is accepted.
pub fn run(args: &SlurmArgs, date: Option<String>, terminal: &Terminal) -> Result<Exit, Ended> {
    let place =
        |path: &Path| std::path::absolute(path).map_err(|_| Refused::NotText { path: path.to_owned() });
    let job = Job::new(&args.job, date, &place)?;
    let (project, catalog) = crate::project()?;
    let program = Program::this(&project)?;
    let drafts = script::files(&job, &program, args.setup.as_deref());
    if args.dry_run {
        files::print(&drafts)?;
        return Ok(Exit::Accepted);
    }
    if let Some(folder) = &args.output {
        files::write(&drafts, folder, terminal)?;
        terminal.note(&format!("sh {} submits it.", folder.join(script::SUBMIT).display()));
        return Ok(Exit::Accepted);
    }
    check(&args.job, &catalog)?;
    let interrupt = signals::interrupt()?;
    prepare::build(&project, &catalog, terminal)?;
    let folder = Path::new(&job.results).join(FOLDER);
    files::write(&drafts, &folder, terminal)?;
    let submitted = submit::submit(&folder, !args.no_wait)?;
    terminal.note(&submitted.to_string());
    let Some(waiting) = submitted.waiting else { return Ok(Exit::Accepted) };
    let Some(merged) = submit::wait(waiting, &submitted.shards, job.shards, &interrupt, terminal)? else {
        terminal.note(&format!(
            "The jobs go on. `scancel {} {}` ends them.",
            submitted.shards, submitted.merging
        ));
        return Ok(Exit::Interrupted);
    };
    // What the shards say here is what they said to the job, or why it had nothing to say.
    let exit = merge::run(&MergeArgs::of(&args.job.results, args.exit_zero), &Order::default(), terminal)?;
    if !merged {
        return Err(Refused::NoReports { log: folder.join(script::MERGE_LOG) }.into());
    }
    for report in job.reports() {
        terminal.note(&format!("Written: {report}"));
    }
    Ok(exit)
}

/// What would be wrong on every machine is said here.
fn check(args: &JobArgs, catalog: &Catalog) -> Result<(), Error> {
    crate::known(catalog, &args.exercises)?;
    let roster = args.roster.as_deref().map(Roster::read).transpose()?;
    Class::open(&args.class, args.system, roster.as_ref())?;
    Ok(())
}
