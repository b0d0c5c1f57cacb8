//! What can be typed about classes on several machines.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use grader::class::intake::System;
use grader::format::Choice;

use crate::exit;

/// An engine that runs the shards of a class and merges them.
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Submit an array job and a job that merges, and wait for them
    Slurm(SlurmArgs),
    /// Write the manifests of an Indexed Job, and of a job that merges
    Kubernetes(KubernetesArgs),
    /// Write a workflow of GitHub Actions with a matrix, and a job that merges
    #[command(visible_alias = "actions")]
    Github(GithubArgs),
}

/// The same for every engine.
#[derive(Debug, Args)]
pub struct JobArgs {
    /// The class, as for `grade --class`
    #[arg(value_name = "CLASS")]
    pub class: PathBuf,
    /// How many parts it is graded in
    #[arg(long, value_name = "N")]
    pub shards: NonZeroUsize,
    /// Grade only this exercise (repeatable)
    #[arg(short, long = "exercise", value_name = "EXERCISE")]
    pub exercises: Vec<String>,
    /// Who is in the class: a CSV file with a heading, such as a gradebook
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// The course system that the names come from [default: what the names look like]
    #[arg(long, value_name = "SYSTEM", value_parser = super::class::system())]
    pub system: Option<System>,
    /// What to make of the points [default: rubric.toml in the folder or beside it, if there is one]
    #[arg(long, value_name = "FILE")]
    pub rubric: Option<PathBuf>,
    /// Limits on memory, time, threads and output, in TOML; SECURITY.md lists them
    #[arg(long, value_name = "FILE")]
    pub limits: Option<PathBuf>,
    /// Grade also where the system can only limit submissions, not keep them from files and processes
    #[arg(long)]
    pub allow_weak_sandbox: bool,
    /// Where the shards, their logs and the reports go: a folder that every machine sees
    #[arg(long, value_name = "DIR", default_value = "interleave-results")]
    pub results: PathBuf,
    /// Format of a report on the whole class, written to DIR (repeatable) [default: json, csv and html]
    #[arg(long = "format", value_name = "FORMAT", value_parser = super::format())]
    pub formats: Vec<&'static Choice>,
    /// Cores for each shard
    #[arg(long, value_name = "N", default_value = "2")]
    pub cpus: NonZeroU32,
    /// Memory for each shard, in MiB
    #[arg(long, value_name = "MIB", default_value = "4096")]
    pub memory: NonZeroU32,
    /// Time for each shard, in minutes. What is graded by then is kept, and not graded again
    #[arg(long, value_name = "N", default_value = "120")]
    pub minutes: NonZeroU32,
}

#[derive(Debug, Args)]
#[command(after_help = slurm_help())]
pub struct SlurmArgs {
    #[command(flatten)]
    pub job: JobArgs,
    /// A command for each machine to begin with, such as `module load rust`
    #[arg(long, value_name = "COMMAND")]
    pub setup: Option<String>,
    /// Print what would be submitted, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write what would be submitted to this folder, and submit nothing
    #[arg(long, value_name = "DIR", conflicts_with = "dry_run")]
    pub output: Option<PathBuf>,
    /// Do not wait for the end
    #[arg(long, conflicts_with_all = ["dry_run", "output"])]
    pub no_wait: bool,
    /// End with 0 also where something is not accepted
    #[arg(long)]
    pub exit_zero: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask cluster kubernetes week-3 --shards 20 --output manifests
  kubectl apply -f manifests/grade.yaml
  kubectl wait --for=condition=complete --timeout=2h job/interleave-grade && kubectl apply -f manifests/merge.yaml

CLASS, --results, --roster, --rubric and --limits are paths inside the volume of --claim.
ci/container/Dockerfile builds the image.")]
pub struct KubernetesArgs {
    #[command(flatten)]
    pub job: JobArgs,
    /// The image with the grader
    #[arg(long, value_name = "IMAGE", default_value = "interleave:latest")]
    pub image: String,
    /// The PersistentVolumeClaim with the class, to which the results go. Several pods write to it
    #[arg(long, value_name = "NAME", default_value = "interleave")]
    pub claim: String,
    /// The folder to write the manifests to [default: standard output]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask cluster github class --shards 12 --output .github/workflows

The workflow is for a private repository with the grader and the class in it: paths are relative to its root.
Its reports have the names of learners.")]
pub struct GithubArgs {
    #[command(flatten)]
    pub job: JobArgs,
    /// The folder to write the workflow to [default: standard output]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// What `--help` ends with.
fn slurm_help() -> String {
    format!(
        "\
Examples:
  cargo xtask cluster slurm class --shards 20 --results /shared/week-3
  cargo xtask cluster slurm class --shards 20 --dry-run
  SBATCH_ACCOUNT=cs101 SBATCH_PARTITION=short cargo xtask cluster slurm class --shards 20

The project, the class and the results must be in folders that every node sees. A shard whose node fails is queued
again, and goes on with what is there. Other options of sbatch are set by its environment variables.

{}",
        exit::HELP
    )
}
