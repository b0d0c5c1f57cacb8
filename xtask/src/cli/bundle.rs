//! What can be typed about platforms that grade by themselves.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A platform.
#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Write the zip file of an autograder
    Gradescope(GradescopeArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bundle gradescope -e race-counter                          autograder.zip
  cargo xtask bundle gradescope --rubric rubric.toml --output week-3.zip

In Gradescope: Configure Autograder, Ubuntu, upload it. Building the image takes some minutes. A submission is the
exercise's lib.rs, or a folder or an archive as for `grade --class`. Give the containers 2 cores and 2 GB or more.")]
pub struct GradescopeArgs {
    /// Only this exercise (repeatable). What is not handed in of the exercises has no points
    #[arg(short, long = "exercise", value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// What to make of the points
    #[arg(long, value_name = "FILE")]
    pub rubric: Option<PathBuf>,
    /// A new file
    #[arg(long, value_name = "FILE", default_value = "autograder.zip")]
    pub output: PathBuf,
}
