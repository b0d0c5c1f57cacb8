//! `cargo xtask handout`

use std::path::PathBuf;

use grader::error::Error;
use grader::learner::handout::Handout;

use crate::cli::HandoutArgs;
use crate::exit::Exit;
use crate::output;

/// Writes what students get.
pub fn run(args: &HandoutArgs) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let handout = Handout::gather(&project, &catalog, &args.exercises)?;
    handout.write_folder(&args.folder)?;
    let mut text = format!("{} files in {}.\n", handout.names().count(), args.folder.display());
    if args.zip {
        let mut name = args.folder.clone().into_os_string();
        name.push(".zip");
        let archive = PathBuf::from(name);
        let top = args.folder.file_name().map_or_else(|| "interleave".into(), |name| name.to_string_lossy());
        handout.write_zip(&archive, &top)?;
        text.push_str(&format!("The same in {}.\n", archive.display()));
    }
    text.push_str("In it, `cargo xtask` says how to begin. Hidden suites and solutions are not in it.\n");
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}
