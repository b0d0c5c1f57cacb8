//! `cargo xtask completions`

use clap::CommandFactory;
use clap_complete::generate;
use grader::error::Error;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::output;

/// Prints completions for a command `xtask`: shells complete the first word, and that of `cargo xtask` is cargo's.
pub fn run(args: &CompletionsArgs) -> Result<Exit, Error> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "xtask", &mut script);
    output::tell(&script)?;
    Ok(Exit::Accepted)
}
