//! Why shards do not make one class.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Shards that cannot be merged.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ShardError {
    #[error("{} holds no shard that is whole", path.display())]
    #[diagnostic(help(
        "name the folders that `cargo xtask grade CLASS --class --shard I/N --results DIR` has written, or the DIR that they are in"
    ))]
    NoShard { path: PathBuf },

    #[error("{}: {message}", file.display())]
    #[diagnostic(help("grade this shard again: what it has is not graded twice"))]
    Broken { file: PathBuf, message: String },

    #[error("{} of {of} shards are missing: {}", missing.len(), listed(missing))]
    #[diagnostic(help("grade them, and merge again:\n{}", commands(missing, *of)))]
    Missing { missing: Vec<usize>, of: usize },

    #[error("{} was not graded as {} was: {what}", file.display(), other.display())]
    #[diagnostic(help("{cure}"))]
    Mixed { file: PathBuf, other: PathBuf, what: String, cure: String },

    #[error("{}: the result of `{learner}` for `{exercise}` is missing, broken, or made from something else", file.display())]
    #[diagnostic(help("grade the shard again, with --shard {shard}: what it has is not graded twice"))]
    Unfinished { file: PathBuf, shard: String, learner: String, exercise: String },

    #[error("the shards were graded with another suite of `{exercise}` than the one here")]
    #[diagnostic(help("merge them with the checkout that they were graded with"))]
    OtherSuite { exercise: String },

    #[error("the shards were graded by version {version} of the grader, and this is {}", env!("CARGO_PKG_VERSION"))]
    #[diagnostic(help("merge them with the version that they were graded with"))]
    OtherGrader { version: String },
}

/// The first of the missing shards.
fn listed(missing: &[usize]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = missing.iter().take(SHOWN).map(usize::to_string).collect();
    let more = if missing.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn commands(missing: &[usize], of: usize) -> String {
    let command = |index| format!("  cargo xtask grade CLASS --class --shard {index}/{of} --results DIR");
    missing.iter().take(3).map(command).collect::<Vec<_>>().join("\n")
}
