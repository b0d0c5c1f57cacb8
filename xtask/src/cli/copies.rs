//! Copies of the course: for students, and as a book.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask handout ../course                                  all exercises
  cargo xtask handout ../week-1 --exercises race-counter,lru-cache --zip")]
pub struct HandoutArgs {
    /// A new or empty folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Only these exercises
    #[arg(long, value_name = "EXERCISE,…", value_delimiter = ',')]
    pub exercises: Vec<String>,
    /// Also write DIR.zip
    #[arg(long)]
    pub zip: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask book target/book && mdbook build target/book        pages in target/book/book")]
pub struct BookArgs {
    /// A new or empty folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
