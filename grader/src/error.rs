//! What can go wrong that is not the learner's code: the grader's own faults and wrong requests.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

mod mutant;
mod shard;

pub use mutant::MutantError;
pub use shard::ShardError;

/// The grader itself failed. Nothing follows from it about any submission.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Fault {
    #[error("`{program}` cannot be run")]
    #[diagnostic(help(
        "the grader compiles submissions, so it needs the Rust toolchain: install it from https://rustup.rs and make sure that `{program} --version` works in this terminal"
    ))]
    NoToolchain { program: String, source: io::Error },

    #[error("`{program}` does not work:\n{output}")]
    #[diagnostic(help(
        "make sure that `{program} --version` works in the project's folder; `rustup toolchain install stable` repairs an installation"
    ))]
    BrokenToolchain { program: String, output: String },

    #[error("the first build could not download the grader's dependencies:\n{output}")]
    #[diagnostic(help(
        "the first build needs the network once: connect and run the command again, or run `cargo fetch` beforehand"
    ))]
    NoNetwork { output: String },

    #[error("the grader's own crates do not build:\n{output}")]
    #[diagnostic(help("run `cargo build --release -p harness -p model-core` to see the whole message"))]
    OwnBuild { output: String },

    #[error("{} is not the project's folder:\n{output}", root.display())]
    #[diagnostic(help("run the command inside the project, as `cargo xtask …`"))]
    NotAProject { root: PathBuf, output: String },

    #[error("{}: {message}", file.display())]
    #[diagnostic(help(
        "the exercise's manifest needs a table `[package.metadata.interleave]`; CONTRIBUTING.md describes it"
    ))]
    Catalog { file: PathBuf, message: String },

    #[error("{}:{line}: {message}", file.display())]
    #[diagnostic(help(
        "the map of the course has a `[[phase]]` with a `title`, and in it a `[[phase.topic]]` with an `id` and a `title` for each topic"
    ))]
    Course { file: PathBuf, line: usize, message: String },

    #[error("{}:{line}: {message}", file.display())]
    #[diagnostic(help("the suite is at fault, not a submission; CONTRIBUTING.md describes the format"))]
    Suite { file: PathBuf, line: usize, message: String },

    #[error("{}:{line}: the change does not fit {}: {reason}", file.display(), base.display())]
    #[diagnostic(help(
        "if its base has changed, `cargo xtask mutant rebase {exercise}` adapts the mutant; otherwise record its whole program again with `cargo xtask mutant record`"
    ))]
    Misfit { file: PathBuf, line: usize, base: PathBuf, exercise: String, reason: String },

    #[error("{} is missing, and no suite is whole without it", file.display())]
    #[diagnostic(help(
        "`cargo xtask new {exercise}` writes what is missing of an exercise, and leaves what is there"
    ))]
    SuiteFileMissing { exercise: String, file: PathBuf },

    #[error("`git` cannot be run")]
    #[diagnostic(help("earlier versions of a base are read with git: install it from https://git-scm.com"))]
    NoGit { source: io::Error },

    #[error("cannot {action} {}", path.display())]
    #[diagnostic(help(
        "check the permissions and the free space of this folder, then run the command again"
    ))]
    Io { action: String, path: PathBuf, source: io::Error },

    #[error("there is no result of `{learner}` for `{exercise}` in {}", folder.display())]
    #[diagnostic(help("run the class again with `--resume`: what is there is not graded twice"))]
    ResultGone { learner: String, exercise: String, folder: PathBuf },

    #[error("Dolos cannot be installed:\n{output}")]
    #[diagnostic(help(
        "npm downloads it once from its registry: connect, or set up npm for one that can be reached (`npm config set registry …`), and run the command again"
    ))]
    NotInstalled { output: String },

    #[error("Dolos did not come to an end:\n{output}")]
    #[diagnostic(help("it needs Node.js 18 or later; `node --version` says which one is there"))]
    NotCompared { output: String },

    #[error("the system provides no random bytes")]
    #[diagnostic(help("make sure that the system's random source, such as /dev/urandom, can be read"))]
    NoRandomness(#[source] getrandom::Error),

    #[error("a part of the grader panicked while it graded `{exercise}`")]
    #[diagnostic(help("this is a bug of the grader, please report it together with the submission"))]
    Panicked { exercise: String },

    #[error("the explorer itself panicked while it ran the check `{check}`: {message}")]
    #[diagnostic(help(
        "this is a bug of the grader and no verdict on the code, please report it together with the submission and the schedule that led to it: {schedule}"
    ))]
    Explorer { check: String, message: String, schedule: String },

    #[error("the program that confines children is missing")]
    #[diagnostic(help("build it: `cargo build -p grader --bin confined-child`"))]
    NoHelper,

    #[error("cannot install a handler for signal {signal}")]
    #[diagnostic(help("run the command in an ordinary terminal"))]
    Signals { signal: i32, source: io::Error },

    /// Nothing is wrong: it was asked for.
    #[error("interrupted")]
    Interrupted,
}

impl Fault {
    /// A file of the suite of `exercise` cannot be read.
    pub(crate) fn unreadable(exercise: &str, file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => {
                Self::SuiteFileMissing { exercise: exercise.to_owned(), file: file.to_owned() }
            }
            _ => Self::io("read", file, source),
        }
    }

    /// A file or a folder to which `action` could not be done.
    pub fn io(action: &str, path: &Path, source: io::Error) -> Self {
        Self::Io { action: action.to_owned(), path: path.to_owned(), source }
    }
}

/// What was asked for does not exist or makes no sense.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum UsageError {
    #[error("no such file or folder: {}", path.display())]
    #[diagnostic(help(
        "pass the folder that contains EXERCISE/src/lib.rs, or one .rs file together with -e EXERCISE"
    ))]
    NoSubmission { path: PathBuf },

    #[error("{} cannot be read", path.display())]
    #[diagnostic(help("check its permissions"))]
    UnreadableSubmission { path: PathBuf, source: io::Error },

    #[error("cannot read {}", path.display())]
    #[diagnostic(help("`--limits` takes a file in TOML; SECURITY.md lists what it may name"))]
    UnreadableLimits { path: PathBuf, source: io::Error },

    #[error("{}:{line}: {message}", path.display())]
    #[diagnostic(help("a file of limits is TOML, such as `memory_mib = 1024`; SECURITY.md lists them"))]
    Limits { path: PathBuf, line: usize, message: String },

    #[error("this system can set limits to a submission, but not keep it from files and processes")]
    #[diagnostic(help(
        "grade on Linux with Landlock and seccomp (kernel 5.13 or later), or, if you trust whoever wrote this or the machine can be thrown away, add `--allow-weak-sandbox`; SECURITY.md says more"
    ))]
    WeakSandbox,

    #[error("no interview question is about `{topic}`")]
    #[diagnostic(help(
        "a topic is the name of an exercise, or a word of a question or its answer, such as `deadlock`; `cargo xtask interview` alone asks all of them"
    ))]
    NoQuestion { topic: String },

    #[error("`{program}` is not to be found")]
    #[diagnostic(help(
        "submissions are compared by Dolos, a library for Node.js: install Node.js 18 or later with npm, such as from https://nodejs.org or with `apt-get install nodejs npm`; everything else works without"
    ))]
    NoNode { program: &'static str },

    #[error("Dolos, which compares submissions, is not installed")]
    #[diagnostic(help(
        "`cargo xtask similarity --install` downloads it with npm, 20 MB beside the grader's builds; everything else works without"
    ))]
    NoDolos,

    #[error("only on Linux is it seen when a debugger has attached")]
    #[diagnostic(help("leave `--debugger` away: the schedule is replayed and shown without one"))]
    NoDebugger,

    #[error("{} is not a folder", path.display())]
    #[diagnostic(help("a class is a folder with a folder, an archive or a file for each learner"))]
    NoClass { path: PathBuf },

    #[error("{} holds no submission", path.display())]
    #[diagnostic(help("a class is a folder with a folder, an archive or a file for each learner"))]
    EmptyClass { path: PathBuf },

    #[error("{}: {message}", file.display())]
    #[diagnostic(help("it must be as a course system exports it"))]
    ClassList { file: PathBuf, message: String },

    #[error("{}:{line}: {message}", file.display())]
    #[diagnostic(help("nothing was graded; CONTRIBUTING.md describes rubrics"))]
    Rubric { file: PathBuf, line: usize, message: String },

    #[error("SOURCE_DATE_EPOCH is `{value}`, which is no time")]
    #[diagnostic(help("it is in seconds since 1970, as from `date +%s`"))]
    SourceDate { value: String },

    #[error("there is no exercise `{name}`")]
    #[diagnostic(help("{}", unknown_exercise_help(suggestion.as_deref(), known)))]
    UnknownExercise { name: String, suggestion: Option<String>, known: Vec<String> },

    #[error("`{text}` is neither a report nor a token")]
    #[diagnostic(help(
        "a token is what a report says after `cargo xtask replay`, as EXERCISE/CHECK@SCHEDULE"
    ))]
    NoToken { text: String },

    #[error("no exercise can be called `{name}`: {reason}")]
    #[diagnostic(help(
        "a name is like `read-write-lock`: the package, its folders and its crate are called so"
    ))]
    ExerciseName { name: String, reason: String },

    #[error("there is an exercise `{exercise}` already, and no file of it is missing")]
    #[diagnostic(help("`cargo xtask calibrate {exercise}` says what is left to write of it"))]
    NothingToScaffold { exercise: String },

    #[error("{} is not a report: {message}", path.display())]
    #[diagnostic(help("write one with `cargo xtask grade --format json --output report.json`"))]
    NoReport { path: PathBuf, message: String },

    #[error("the report has no failing schedule{}", check.as_ref().map(|check| format!(" of `{check}`")).unwrap_or_default())]
    #[diagnostic(help("{}", no_schedule_help(known)))]
    NoSchedule { check: Option<String>, known: Vec<String> },

    #[error("the exercise has no check `{check}` that the model runs")]
    #[diagnostic(help("tokens belong to the suite that they were made with"))]
    NoSuchCheck { check: String },

    #[error("no check that the model runs has `{name}` in its name")]
    #[diagnostic(help("these can be shown:\n{}", known.iter().map(|name| format!("  {name}")).collect::<Vec<_>>().join("\n")))]
    NothingToShow { name: String, known: Vec<String> },

    #[error("there is no page or glossary term `{name}`")]
    #[diagnostic(help("{}", unknown_kind_help(suggestion.as_deref())))]
    UnknownKind { name: String, suggestion: Option<String> },

    #[error("{}:{line}: {message}", file.display())]
    #[diagnostic(help(
        "the public tests do not parse: undo the last change to this file, or take it from git again"
    ))]
    PublicTests { file: PathBuf, line: usize, message: String },

    #[error("this copy of the project has no suite for `{exercise}`, so nothing can be graded with it")]
    #[diagnostic(help(
        "`cargo xtask check {exercise}` runs the public tests; whoever handed the exercise out grades it"
    ))]
    NoSuite { exercise: String },

    #[error("{} is missing", file.first().map(|file| file.display().to_string()).unwrap_or_default())]
    #[diagnostic(help("`cargo xtask reset {exercise}` puts the stub there"))]
    FileGone { exercise: String, file: Vec<PathBuf> },

    #[error("{} exists already", path.display())]
    #[diagnostic(help("name a new one, or an empty folder: nothing is overwritten"))]
    NotEmpty { path: PathBuf },

    #[error("`{exercise}` has no hint {level}")]
    #[diagnostic(help("its hints are numbered from 1 to {levels}"))]
    NoHint { exercise: String, level: usize, levels: usize },

    #[error("{} contains no exercise", path.display())]
    #[diagnostic(help("looked for:\n{}", listed(looked_for)))]
    NothingToGrade { path: PathBuf, looked_for: Vec<PathBuf> },

    #[error("the submission has no `{exercise}`")]
    #[diagnostic(help("looked for:\n{}", listed(looked_for)))]
    ExerciseMissing { exercise: String, looked_for: Vec<PathBuf> },

    #[error("{} is a single file, and the exercise that it solves is not given", path.display())]
    #[diagnostic(help("add exactly one -e EXERCISE; the exercises are {}", known.join(", ")))]
    FileNeedsExercise { path: PathBuf, known: Vec<String> },

    #[error("`{exercise}` has {count} files to hand in, so one file is not enough")]
    #[diagnostic(help("pass the folder that contains them"))]
    FileIsNotEnough { exercise: String, count: usize },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Mutant(#[from] MutantError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Shard(#[from] ShardError),

    #[error("{} is neither a folder nor a .rs file", path.display())]
    #[diagnostic(help(
        "pass the folder that contains EXERCISE/src/lib.rs, or one .rs file together with -e EXERCISE"
    ))]
    NotASubmission { path: PathBuf },
}

fn unknown_exercise_help(suggestion: Option<&str>, known: &[String]) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the exercises are {}", known.join(", ")),
    }
}

fn no_schedule_help(known: &[String]) -> String {
    if known.is_empty() {
        "only checks that the model runs have one, and only when they fail".to_owned()
    } else {
        format!("these have one: {}", known.join(", "))
    }
}

fn unknown_kind_help(suggestion: Option<&str>) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`cargo xtask explain` lists all pages and terms".to_owned(),
    }
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("  {}", path.display())).collect::<Vec<_>>().join("\n")
}

/// Either of the two, for what can fail in both ways.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Usage(#[from] UsageError),
}

impl From<ShardError> for Error {
    fn from(error: ShardError) -> Self {
        Self::Usage(error.into())
    }
}

impl From<MutantError> for Error {
    fn from(error: MutantError) -> Self {
        Self::Usage(error.into())
    }
}

/// The line of a text in which a span begins, counted from 1.
pub(crate) fn line_of(text: &str, span: &Range<usize>) -> usize {
    1 + text[..span.start.min(text.len())].matches('\n').count()
}
