//! What can be typed about classes.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use grader::class::intake::System;
use grader::class::shard::Shard;
use grader::format::Choice;
use grader::format::feedback::Feedback;
use strum::VariantArray;

use crate::exit;

#[derive(Debug, Args)]
#[command(next_help_heading = "Classes")]
pub struct ClassArgs {
    /// SUBMISSION is a folder with a folder, an archive (.zip, .tar.gz) or a .rs file for each learner. An --output
    /// with {learner} in it is a report for each, any other is one for the class
    #[arg(long, requires = "submission", conflicts_with_all = ["shown", "second_opinion"])]
    pub class: bool,
    /// Who is in the class: a CSV file with a heading, such as a gradebook
    #[arg(long, value_name = "FILE", requires = "class")]
    pub roster: Option<PathBuf>,
    /// The course system that the names come from [default: what the names look like]
    #[arg(long, value_name = "SYSTEM", value_parser = system(), requires = "class")]
    pub system: Option<System>,
    /// What to make of the points [default: rubric.toml in the folder or beside it, if there is one]
    #[arg(long, value_name = "FILE", requires = "class")]
    pub rubric: Option<PathBuf>,
    /// Go on where the last run over this class was interrupted
    #[arg(long, requires = "class")]
    pub resume: bool,
    /// Grade again what was graded before, though nothing has changed
    #[arg(long, requires = "class")]
    pub no_cache: bool,
    /// Grade nothing: write reports from the results of the last run, such as with another rubric
    #[arg(long, requires = "class", conflicts_with_all = ["resume", "no_cache"])]
    pub rescore: bool,
    /// Grade only part I of N, counted from 0: every Nth learner. Its results go to a folder of their own, and what
    /// is there is not graded twice; `cargo xtask merge` puts the parts together
    #[arg(long, value_name = "I/N", requires = "class", conflicts_with = "rescore")]
    pub shard: Option<Shard>,
    /// Where the results of the run are kept [default: a folder of the class in the grader's cache]
    #[arg(long, value_name = "DIR", requires = "class")]
    pub results: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct MergeArgs {
    /// Folders that `grade --class --shard` has written, or in which such folders are; or the class, if its results are
    /// where they are by default
    #[arg(value_name = "SHARD", required = true)]
    pub shards: Vec<PathBuf>,
    /// Format of a report (repeatable) [default: text]
    #[arg(long = "format", value_name = "FORMAT", value_parser = super::format())]
    pub formats: Vec<&'static Choice>,
    /// File for the preceding --format [default: standard output]. With {learner} in it, one for each learner
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// How much a report tells the learner, as for `grade`
    #[arg(long, value_name = "FEEDBACK", value_parser = super::feedback(), default_value = "full")]
    pub feedback: Feedback,
    /// End with 0 also where something is not accepted
    #[arg(long)]
    pub exit_zero: bool,
}

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct SimilarityArgs {
    /// The class, as for `grade --class`
    #[arg(value_name = "CLASS", required_unless_present = "install")]
    pub class: Option<PathBuf>,
    /// Compare only this exercise (repeatable) [default: all]
    #[arg(short, long = "exercise", value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Who is in the class: a CSV file with a heading, such as a gradebook
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// The course system that the names come from [default: what the names look like]
    #[arg(long, value_name = "SYSTEM", value_parser = system())]
    pub system: Option<System>,
    /// Where the results of the class are kept [default: a folder of the class in the grader's cache]
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// The least similarity of a pair
    #[arg(long, value_name = "PERCENT", default_value_t = 40, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub least: u8,
    /// Install Dolos first, with npm, beside the grader's builds
    #[arg(long)]
    pub install: bool,
}

impl MergeArgs {
    /// Merges what is in a folder, and prints the report.
    pub fn of(results: &Path, exit_zero: bool) -> Self {
        let (formats, outputs) = (Vec::new(), Vec::new());
        Self { shards: vec![results.to_owned()], formats, outputs, feedback: Feedback::Full, exit_zero }
    }
}

/// The course systems that the grader knows.
pub(super) fn system() -> impl TypedValueParser<Value = System> {
    PossibleValuesParser::new(System::VARIANTS.iter().map(|system| system.as_str())).try_map(|name| {
        System::VARIANTS
            .iter()
            .find(|system| system.as_str() == name)
            .copied()
            .ok_or("there is no such system")
    })
}
