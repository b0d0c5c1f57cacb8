//! `cargo xtask new`

use std::fmt::Write as _;

use grader::error::Error;
use grader::scaffold::{Name, scaffold};

use crate::cli::NewArgs;
use crate::exit::Exit;
use crate::output;

/// Writes the files of an exercise that are not there, and says which.
pub fn run(args: &NewArgs) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let name = Name::new(&args.exercise, &project, &catalog)?;
    let mut text = String::new();
    for file in scaffold(&project, &catalog, &name)? {
        let file = file.strip_prefix(project.content()).unwrap_or(&file);
        // Writing to a string does not fail.
        let _ = writeln!(text, "wrote {}", file.display());
    }
    let _ = writeln!(
        text,
        "\nNext: `cargo xtask calibrate {}` lists what is left to write. CONTRIBUTING.md leads through it.",
        name.slug()
    );
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}
