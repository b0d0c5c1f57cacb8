//! `cargo xtask bundle`

use grader::error::Error;
use grader::learner::handout::Bundle;

use crate::cli::{BundleCommand, GradescopeArgs};
use crate::exit::Exit;
use crate::output;

/// Writes what a platform grades with.
pub fn run(command: &BundleCommand) -> Result<Exit, Error> {
    let BundleCommand::Gradescope(GradescopeArgs { exercises, rubric, output }) = command;
    let (project, catalog) = crate::project()?;
    Bundle::gradescope(&project, &catalog, exercises, rubric.as_deref())?.write(output)?;
    let text = format!(
        "Written: {}. It has the hidden suites, so it is for the instructor alone: upload it as the autograder.\n",
        output.display()
    );
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}
