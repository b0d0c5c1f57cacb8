//! `cargo xtask merge`

use std::path::PathBuf;

use grader::class::journal::Journal;
use grader::class::rows::Rows;
use grader::class::rubric::Rubric;
use grader::class::shard::Merged;
use grader::class::similarity::Pairs;
use grader::error::Error;
use grader::project::Project;

use crate::class::{self, targets};
use crate::cli::MergeArgs;
use crate::exit::Exit;
use crate::output::{self, Order};
use crate::terminal::Terminal;

/// Puts the shards of a class together, and writes what was asked for, as if one machine had graded all of it. Says with
/// the exit code whether all of it is accepted.
pub fn run(args: &MergeArgs, order: &Order, terminal: &Terminal) -> Result<Exit, Error> {
    let targets = match output::targets(&args.formats, &args.outputs, order) {
        Ok(targets) => output::asked(targets, &args.formats, terminal),
        Err(unpaired) => {
            terminal.error(unpaired);
            return Ok(Exit::Usage);
        }
    };
    let targets = match targets::of(&targets) {
        Ok(targets) => targets,
        Err(refused) => {
            terminal.error(refused);
            return Ok(Exit::Usage);
        }
    };
    let date = class::date()?;
    let (project, catalog) = crate::project()?;
    let folders: Vec<PathBuf> = args.shards.iter().map(|folder| results(folder, &project)).collect();
    let merged = Merged::open(&folders, &project, &catalog)?;
    let rubric = merged.rubric.as_ref().map(|text| Rubric::read(text, &project, &merged.exercises));
    let rubric = rubric.transpose()?;
    let pairs = folders.iter().find_map(|folder| Pairs::read(folder));
    let rows = Rows::of_shards(&merged).with_rubric(rubric.as_ref()).with_pairs(pairs).dated(date);
    let mut verdicts = Vec::new();
    for row in rows.iter() {
        verdicts.extend(row?.report.exercises.iter().map(|exercise| exercise.verdict));
    }
    targets::write(&targets, &rows, args.feedback, terminal)?;
    Ok(Exit::of_verdicts(verdicts.into_iter()).zero_if(args.exit_zero))
}

/// What was named, or for a class the folder in which its results are by default.
fn results(named: &std::path::Path, project: &Project) -> PathBuf {
    let of_class = Journal::of_class(&project.cache(), named);
    if of_class.is_begun() { of_class.folder().to_owned() } else { named.to_owned() }
}
