//! What can be typed.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use grader::format::{Choice, FORMATS};
use grader::mutant::Base;

use crate::exit;

/// Concurrency exercises in Rust, graded by a model checker.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = exit::HELP)]
pub struct Cli {
    /// When to use colours
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub color: Color,
    /// Show each step of the work as it begins and ends, with its command and its duration
    #[arg(short, long, global = true)]
    pub verbose: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Grade a submission
    Grade(GradeArgs),
    /// Test the suites: stubs not started, solutions accepted, every mutant caught by its check
    Calibrate(CalibrateArgs),
    /// Show or record a mutant, or adapt mutants to a base that has changed
    #[command(subcommand)]
    Mutant(MutantCommand),
    /// Explain a kind of failure, with an example and a fix, or a term; without NAME, list them all
    Explain(ExplainArgs),
    /// Replay a failing schedule, on the same code or on changed code
    Replay(ReplayArgs),
    /// List the exercises, with their state, their points and what they teach
    List,
    /// Run everything that has to pass: formatting, lints, documentation, tests, calibration
    Test(TestArgs),
}

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct GradeArgs {
    /// A folder with EXERCISE/src/lib.rs or EXERCISE/lib.rs for any of the exercises, or with -e a
    /// single .rs file [default: the project's exercises/]
    pub submission: Option<PathBuf>,
    /// Grade only this exercise (repeatable)
    #[arg(short, long = "exercise", value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Format of a report (repeatable) [default: text]
    #[arg(long = "format", value_name = "FORMAT", value_parser = format())]
    pub formats: Vec<&'static Choice>,
    /// File for the preceding --format [default: standard output]
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// Tell every failing check in full, not only the simplest one of those that fail for the same reason
    #[arg(long)]
    pub all: bool,
    /// Also show, step by step, how the checks pass whose name contains NAME (repeatable)
    #[arg(long = "show", value_name = "NAME")]
    pub shown: Vec<String>,
    /// Also run the checks of the model in the loom crate, an independent implementation, and show where the two
    /// do not agree. It changes no points. The first time builds loom
    #[arg(long)]
    pub second_opinion: bool,
    #[command(flatten)]
    pub jobs: Jobs,
}

#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Only these exercises
    pub exercises: Vec<String>,
    /// Run the whole suite on every mutant, not only the checks that it names
    #[arg(long)]
    pub full: bool,
    /// How often to run each check on real threads; correct submissions must pass every time
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroU32,
    /// Also run the checks of the model in the loom crate, and fail where the two do not agree and loom is not
    /// known for it. This takes long
    #[arg(long)]
    pub second_opinion: bool,
    #[command(flatten)]
    pub jobs: Jobs,
}

/// Mutants are wrong submissions. Most are stored as a small change to a correct program, their base.
#[derive(Debug, Subcommand)]
pub enum MutantCommand {
    /// Print a mutant's whole program, as it is graded
    Show(ShowArgs),
    /// Store a program as a mutant: as a change to a correct program
    Record(RecordArgs),
    /// Adapt mutants to a base that has changed, by a three-way merge
    Rebase(RebaseArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The mutant, as in race-counter/lock_dropped_at_once
    #[arg(value_name = "EXERCISE/NAME")]
    pub mutant: MutantName,
    /// Print only the change to its base
    #[arg(long)]
    pub diff: bool,
}

#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The mutant, as in race-counter/lock_dropped_at_once
    #[arg(value_name = "EXERCISE/NAME")]
    pub mutant: MutantName,
    /// The whole program, which begins with the header of a mutant. With a line `//! Whole: reason` in the
    /// header it is stored as it is
    pub file: PathBuf,
    /// The program to store it as a change to: `solution` or `accepted/NAME` [default: the base that the
    /// header names, otherwise the nearest]
    #[arg(long, value_name = "BASE")]
    pub base: Option<Base>,
    /// Replace the mutant if there is one of that name
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct RebaseArgs {
    /// Only the mutants of these exercises
    pub exercises: Vec<String>,
}

/// A mutant as it is typed.
#[derive(Debug, Clone)]
pub struct MutantName {
    pub exercise: String,
    pub name: String,
}

impl FromStr for MutantName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((exercise, name)) if !exercise.is_empty() && !name.is_empty() => {
                Ok(Self { exercise: exercise.to_owned(), name: name.to_owned() })
            }
            Some(_) | None => Err("write EXERCISE/NAME, as in race-counter/lock_dropped_at_once"),
        }
    }
}

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A token from a report, or a report in JSON
    #[arg(value_name = "TOKEN|REPORT")]
    pub trace: String,
    /// Submission to run it on [default: the one of the report, otherwise the project's exercises/]
    pub submission: Option<PathBuf>,
    /// Which failure of a report [default: the first one with a schedule]
    #[arg(long, value_name = "NAME")]
    pub check: Option<String>,
    /// Wait at the failing step until gdb or lldb is attached
    #[arg(long)]
    pub debugger: bool,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A kind as reports name it, such as lost_wakeup, or a term of the glossary, such as happens-before
    pub name: Vec<String>,
}

#[derive(Debug, Args)]
pub struct TestArgs {
    #[command(flatten)]
    pub jobs: Jobs,
}

#[derive(Debug, Args)]
pub struct Jobs {
    /// Number of compilers and checks to run at the same time [default: the number of cores]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

impl Jobs {
    pub fn number(&self) -> usize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

/// The formats of the grader's table, with their help.
fn format() -> impl TypedValueParser<Value = &'static Choice> {
    let values = FORMATS.iter().map(|choice| PossibleValue::new(choice.name).help(choice.help));
    PossibleValuesParser::new(values)
        .try_map(|name| Choice::named(&name).ok_or_else(|| format!("there is no format `{name}`")))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// When writing to a terminal
    #[default]
    Auto,
    Always,
    Never,
}
