//! `cargo xtask prepare`

use grader::catalog::Catalog;
use grader::error::Error;
use grader::pipeline::{Grader, Options};
use grader::project::Project;

use crate::exit::Exit;
use crate::progress::{Counts, Progress};
use crate::signals;
use crate::terminal::Terminal;

/// Builds what every check is built on. A grading after that needs no network, and writes nothing to the project.
pub fn run(terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    build(&project, &catalog, terminal)?;
    Ok(Exit::Accepted)
}

/// The same for a project that is known.
pub fn build(project: &Project, catalog: &Catalog, terminal: &Terminal) -> Result<(), Error> {
    let options = Options { interrupt: signals::interrupt()?, ..Options::new(1) };
    let progress = Progress::new(Counts::Checks, 0, terminal);
    let prepared = Grader::new(project, catalog, options, &progress).and_then(|grader| grader.prepare());
    progress.finish();
    Ok(prepared?)
}
