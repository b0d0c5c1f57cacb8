//! What can be typed.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use grader::format::feedback::Feedback;
use grader::format::{Choice, FORMATS};
use grader::mutant::Base;
use strum::VariantArray;

use crate::exit;

mod bundle;
mod class;
mod cluster;
mod copies;
mod interview;
mod mutate;

pub use bundle::{BundleCommand, GradescopeArgs};
pub use class::{ClassArgs, MergeArgs, SimilarityArgs};
pub use cluster::{ClusterCommand, GithubArgs, JobArgs, KubernetesArgs, SlurmArgs};
pub use copies::{BookArgs, HandoutArgs};
pub use interview::InterviewArgs;
pub use mutate::MutateArgs;

/// Concurrency exercises in Rust, graded by a model checker.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = START)]
pub struct Cli {
    /// When to use colours
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub color: Color,
    /// Show each step of the work as it begins and ends, with its command and its duration
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Say nothing on standard error but what goes wrong, and write no report that was not asked for
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Plain sentences, without colours, bars and drawings, as for a screen reader
    #[arg(long, global = true)]
    pub plain: bool,
    /// The folder with exercises/ and grader/suites/, where that is not the project's own
    #[arg(long, global = true, hide = true, value_name = "FOLDER")]
    pub content: Option<PathBuf>,
    /// Without one: where you are, and the one thing to do next
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What `--help` ends with.
const START: &str = "\
Examples:
  cargo xtask                       where you are, and what to do next
  cargo xtask watch                 check your work each time you save it
  cargo xtask check race-counter    compile, test on real threads, then in every interleaving
  cargo xtask hint                  the next hint for what you are working on
  cargo xtask explain lost_wakeup   what a report names, with an example and a fix

Exit codes: 0 everything asked for is accepted, 1 something is not, 2 wrong usage, 70 the grader itself failed, 130 interrupted";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile an exercise, run its public tests on real threads, and run them again in the model
    Check(CheckArgs),
    /// Check on every save, with hints, the way to the next exercise, and stepping through a failure
    Watch(WatchArgs),
    /// Show the next hint, from a nudge to nearly the answer
    Hint(HintArgs),
    /// Ask the interview questions one by one, and remember what you knew
    Interview(InterviewArgs),
    /// Restore the stub of an exercise; your file is kept beside it
    Reset(ResetArgs),
    /// Copy what students get: everything but solutions and hidden suites
    Handout(HandoutArgs),
    /// Write the READMEs and the pages of `explain` as the source of one book, for mdbook
    Book(BookArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Grade a submission
    Grade(GradeArgs),
    /// Merge the shards of a class into one report
    Merge(MergeArgs),
    /// Find similar submissions in a class, for a person to look at
    Similarity(SimilarityArgs),
    /// Grade a class in shards on Slurm, Kubernetes or GitHub Actions
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Write what another platform grades with
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Build what every check is built on: gradings then need no network, and write nothing to the project
    Prepare,
    /// Test the suites: stubs not started, solutions accepted, every mutant caught by its check
    Calibrate(CalibrateArgs),
    /// Write the files of a new exercise, or those that one lacks
    New(NewArgs),
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
#[command(after_help = "\
Examples:
  cargo xtask check                 the exercise that you are working on
  cargo xtask check lru-cache       this one
  cargo xtask check -v              with every command that runs, and how long it takes

Compile errors come first. A test that hangs on real threads is ended and named. The exercise that you are
working on is the one whose folder you are in, or else the one that you have saved last.")]
pub struct CheckArgs {
    /// [default: the one that you are working on]
    pub exercise: Option<String>,
    #[command(flatten)]
    pub jobs: Jobs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Keys: h hint, l list, n next exercise, r run again, t step through the failure, x reset, q quit; arrows scroll.
Without a terminal, each verdict is printed as plain lines.")]
pub struct WatchArgs {
    /// [default: the one that you are working on]
    pub exercise: Option<String>,
    #[command(flatten)]
    pub jobs: Jobs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask hint                  the next one for what you are working on
  cargo xtask hint lru-cache        the next one for this exercise
  cargo xtask hint --level 1        an earlier one again")]
pub struct HintArgs {
    /// [default: the one that you are working on]
    pub exercise: Option<String>,
    /// Which hint, from 1 [default: the one after those that you have read]
    #[arg(long, value_name = "N")]
    pub level: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Your file stays beside the stub, as src/lib.rs.backup-1 and so on: nothing is overwritten.")]
pub struct ResetArgs {
    /// Which exercise
    pub exercise: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
They complete a command `xtask`, since shells know nothing of what follows `cargo xtask`. For bash:
  alias xtask='cargo xtask'
  source <(cargo xtask completions bash)")]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
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
    /// Limits on memory, time, threads and output, in TOML; SECURITY.md lists them
    #[arg(long, value_name = "FILE")]
    pub limits: Option<PathBuf>,
    /// Grade somebody else's work also where the system can only limit it, not keep it from files and processes
    #[arg(long)]
    pub allow_weak_sandbox: bool,
    /// How much a report tells the learner: `titles` leaves out how checks fail and what they are called, `none`
    /// also what they state
    #[arg(long, value_name = "FEEDBACK", value_parser = feedback(), default_value = "full")]
    pub feedback: Feedback,
    /// End with 0 also where something is not accepted: what is not 0 then says that the grading itself failed
    #[arg(long)]
    pub exit_zero: bool,
    #[command(flatten)]
    pub class: ClassArgs,
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
    /// How often to run each check; it must be worth the same points every time
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroU32,
    /// Keep the machine busy with so many other threads meanwhile: no verdict may depend on it
    #[arg(long, value_name = "N", default_value = "0")]
    pub load: usize,
    /// Also run the checks of the model in the loom crate, and fail where the two do not agree and loom is not
    /// known for it. This takes long
    #[arg(long)]
    pub second_opinion: bool,
    /// Grade again what came out as it must before, though nothing has changed. So it is where `CI` is set, and with
    /// --repeat, --load and --second-opinion
    #[arg(long)]
    pub no_cache: bool,
    /// Of each exercise, only so many right programs and mutants beside its stub and solution; with --mutate, only so many
    /// of those that are made. They are always the same ones
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    #[command(flatten)]
    pub mutate: MutateArgs,
    #[command(flatten)]
    pub jobs: Jobs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask new ticket-lock         stub, solution, suite, README, hints and manifest
  cargo xtask calibrate ticket-lock   what is left to write of it, line by line

What is there already stays as it is. CONTRIBUTING.md leads through the rest, in about an hour.")]
pub struct NewArgs {
    /// Its name: lower-case words with hyphens between them
    pub exercise: String,
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
    /// Number of compilers and checks to run at the same time [default: one more than there are cores]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

impl Jobs {
    /// A check that waits until its threads sleep uses no core.
    pub fn number(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.jobs.map_or_else(|| cores() + 1, NonZeroUsize::get)
    }
}

/// The formats of the grader's table, with their help.
fn format() -> impl TypedValueParser<Value = &'static Choice> {
    let values = FORMATS.iter().map(|choice| PossibleValue::new(choice.name).help(choice.help));
    PossibleValuesParser::new(values)
        .try_map(|name| Choice::named(&name).ok_or_else(|| format!("there is no format `{name}`")))
}

fn feedback() -> impl TypedValueParser<Value = Feedback> {
    PossibleValuesParser::new(Feedback::VARIANTS.iter().map(|feedback| feedback.as_str())).try_map(|name| {
        let found = Feedback::VARIANTS.iter().find(|feedback| feedback.as_str() == name);
        found.copied().ok_or("there is no such feedback")
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// When writing to a terminal
    #[default]
    Auto,
    Always,
    Never,
}
