//! `cargo xtask grade`

use std::path::PathBuf;

use grader::error::{Error, Fault};
use grader::pipeline::{Grader, Options};
use grader::submission::Submission;

use crate::cli::GradeArgs;
use crate::exit::Exit;
use crate::output::{self, Order};
use crate::progress::{Counts, Progress};
use crate::record::Record;
use crate::terminal::Terminal;

/// Grades, writes the reports, and says with the exit code whether all is accepted.
pub fn run(args: &GradeArgs, order: &Order, terminal: &Terminal) -> Result<Exit, Error> {
    let targets = match output::targets(&args.formats, &args.outputs, order) {
        Ok(targets) => targets,
        Err(unpaired) => {
            terminal.error(unpaired);
            return Ok(Exit::Usage);
        }
    };
    let (project, catalog) = crate::project()?;
    crate::known(&catalog, &args.exercises)?;
    let is_own_work = args.submission.is_none();
    let path = args.submission.clone().unwrap_or_else(|| project.exercises());
    let mut submission = Submission::open(&path, &args.exercises, &catalog)?;
    if is_own_work {
        submission.label = "exercises".to_owned();
    }

    let progress = Progress::new(Counts::Checks, 0);
    let options = Options::new(args.jobs.number());
    let graded = Grader::new(&project, &catalog, options, &progress)
        .map_err(Error::from)
        .and_then(|grader| grader.grade(&submission));
    progress.finish();
    let report = graded?;

    if is_own_work {
        let mut record = Record::read(&project);
        record.add(catalog.exercises(), &report);
        record.keep(&project);
    }
    output::write(&report, &targets, terminal).map_err(unwritable)?;
    Ok(Exit::of_report(&report))
}

fn unwritable((path, source): (PathBuf, std::io::Error)) -> Fault {
    Fault::Io { action: "write the report to".to_owned(), path, source }
}
