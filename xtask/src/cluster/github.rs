//! GitHub Actions: a workflow with a matrix, and a job that merges.

use std::path::Path;

use super::Ended;
use super::files::{self, Draft};
use super::job::{self, Job};
use super::refused::Refused;
use crate::cli::GithubArgs;
use crate::exit::Exit;
use crate::progress::quoted;
use crate::terminal::Terminal;

/// Jobs of one matrix.
const MOST: usize = 256;

/// Prints or writes the workflow.
pub fn run(args: &GithubArgs, date: Option<String>, terminal: &Terminal) -> Result<Exit, Ended> {
    let shards = args.job.shards.get();
    if shards > MOST {
        return Err(Refused::TooMany { shards, most: MOST }.into());
    }
    let place = |path: &Path| job::inside(path, "the repository");
    let draft = workflow(&Job::new(&args.job, date, &place)?);
    match &args.output {
        None => files::print(&[draft])?,
        Some(folder) => files::write(&[draft], folder, terminal)?,
    }
    Ok(Exit::Accepted)
}

fn workflow(job: &Job) -> Draft {
    let Job { shards, minutes, .. } = job;
    let numbers: Vec<String> = (0..*shards).map(|number| number.to_string()).collect();
    let numbers = numbers.join(", ");
    let date: String = job.date.iter().map(|date| format!("  SOURCE_DATE_EPOCH: {}\n", text(date))).collect();
    let grade = format!("{} \"$SHARD/{shards}\"", words(&job.grade()));
    let reports: String = job.reports().map(|file| format!("            {}\n", escaped(&file))).collect();
    let written = format!(
        "\
# Grades a class in {shards} shards, and merges them. It is for a private repository with the grader and the class in it:
# the reports have the names of learners.
name: grade a class

on:
  workflow_dispatch:

permissions:
  contents: read

env:
  CARGO_TERM_COLOR: never
{date}
jobs:
  grade:
    name: shard ${{{{ matrix.shard }}}} of {shards}
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    strategy:
      fail-fast: false
      matrix:
        shard: [{numbers}]
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - run: rustup toolchain install stable --profile minimal
      - uses: Swatinem/rust-cache@v2
      # A wrong submission does not fail the job, so what fails is the grading itself.
      - run: {grade}
        env:
          SHARD: ${{{{ matrix.shard }}}}
      - uses: actions/upload-artifact@v6
        with:
          name: shard-${{{{ matrix.shard }}}}
          path: {results}
          if-no-files-found: error

  merge:
    name: merge
    needs: grade
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - run: rustup toolchain install stable --profile minimal
      - uses: Swatinem/rust-cache@v2
      - uses: actions/download-artifact@v7
        with:
          pattern: shard-*
          path: {results}
      - run: {merge}
      - uses: actions/upload-artifact@v6
        with:
          name: reports
          path: |
{reports}          if-no-files-found: error
",
        grade = text(&escaped(&grade)),
        merge = text(&escaped(&words(&job.merge()))),
        results = text(&escaped(&job.results)),
    );
    Draft { name: "grade-class.yml", text: written }
}

/// A command of a shell.
fn words(args: &[String]) -> String {
    let words: Vec<String> = ["cargo", "xtask"]
        .into_iter()
        .map(str::to_owned)
        .chain(args.iter().map(|word| quoted(word)))
        .collect();
    words.join(" ")
}

/// A text in which nothing is an expression of a workflow.
fn escaped(text: &str) -> String {
    text.replace("${{", "${{ '${{' }}")
}

/// A string of JSON, which is one of YAML as well.
fn text(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::samples;

    #[test]
    fn the_workflow_of_a_class() {
        let Draft { name, text } = workflow(&samples::job("week 3", "results"));
        insta::assert_snapshot!(name, text);
    }
}
