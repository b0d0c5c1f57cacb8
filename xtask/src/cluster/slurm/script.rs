//! The files for sbatch.

use std::path::Path;

use grader::error::Fault;
use grader::project::Project;

use crate::cluster::files::Draft;
use crate::cluster::job::Job;
use crate::cluster::refused::Refused;
use crate::progress::quoted;

pub(super) const GRADE: &str = "grade.sbatch";
pub(super) const MERGE: &str = "merge.sbatch";
pub(super) const SUBMIT: &str = "submit.sh";
pub(super) const LOGS: &str = "logs";
pub(super) const MERGE_LOG: &str = "logs/merge.log";

/// The grader on a node: this very program, so that all shards are graded by one.
#[derive(Debug)]
pub(super) struct Program {
    pub executable: String,
    /// What its environment has to have.
    pub environment: Vec<(&'static str, String)>,
}

impl Program {
    /// # Errors
    /// When a path of it is not text, or it does not know its own.
    pub fn this(project: &Project) -> Result<Self, super::Ended> {
        let text = |path: &Path| {
            path.to_str().map(str::to_owned).ok_or_else(|| Refused::NotText { path: path.to_owned() })
        };
        let own =
            std::env::current_exe().map_err(|source| Fault::io("find", Path::new("this program"), source))?;
        let package = project.root().join("xtask");
        let target = project.cache().parent().unwrap_or(project.root()).to_owned();
        let environment = vec![("CARGO_MANIFEST_DIR", text(&package)?), ("CARGO_TARGET_DIR", text(&target)?)];
        Ok(Self { executable: text(&own)?, environment })
    }
}

/// The array job, the job that merges, and what submits both.
pub(super) fn files(job: &Job, program: &Program, setup: Option<&str>) -> Vec<Draft> {
    let Job { shards, cpus, memory, minutes, .. } = job;
    let environment = environment(job, program, setup);
    let last = shards - 1;
    let grade = words(program, &job.grade());
    let merge = words(program, &job.merge());
    let array = format!(
        "\
#!/bin/bash
# Grades one shard of a class. A task that is queued again, or runs twice, goes on with what is there.
#SBATCH --job-name=interleave-grade
#SBATCH --array=0-{last}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={LOGS}/shard-%a.log
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={cpus}
#SBATCH --mem={memory}M
#SBATCH --time={minutes}
set -eu
echo \"shard $SLURM_ARRAY_TASK_ID of {shards}, on ${{SLURMD_NODENAME:-a node}}, start ${{SLURM_RESTART_COUNT:-0}}\"
{environment}# How many there are stands here: what Slurm counts is wrong when a part of them is submitted again.
exec {grade} \"$SLURM_ARRAY_TASK_ID/{shards}\"
"
    );
    let merge = format!(
        "\
#!/bin/bash
# Merges the shards, and names those that are missing.
#SBATCH --job-name=interleave-merge
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={MERGE_LOG}
#SBATCH --ntasks=1
#SBATCH --mem={memory}M
#SBATCH --time={minutes}
set -eu
{environment}exec {merge}
"
    );
    let submit = format!(
        "\
#!/bin/sh
# Submits the shards, and the job that merges them when all have ended.
set -eu
cd \"$(dirname \"$0\")\"
mkdir -p {LOGS} {results}
shards=$(sbatch --parsable {GRADE})
sbatch --dependency=\"afterany:${{shards%%;*}}\" {MERGE}
",
        results = quoted(&job.results)
    );
    vec![
        Draft { name: GRADE, text: array },
        Draft { name: MERGE, text: merge },
        Draft { name: SUBMIT, text: submit },
    ]
}

/// The lines before a command.
fn environment(job: &Job, program: &Program, setup: Option<&str>) -> String {
    let date = job.date.iter().map(|date| ("SOURCE_DATE_EPOCH", date));
    let variables = program.environment.iter().map(|(name, value)| (*name, value)).chain(date);
    let exports = variables.map(|(name, value)| format!("export {name}={}\n", quoted(value)));
    exports.chain(setup.map(|setup| format!("{setup}\n"))).collect()
}

fn words(program: &Program, args: &[String]) -> String {
    let words = [&program.executable].into_iter().chain(args).map(|word| quoted(word));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::samples::job;

    #[test]
    fn the_files_of_a_class() {
        let program = Program {
            executable: "/opt/inter leave/xtask".to_owned(),
            environment: vec![("CARGO_MANIFEST_DIR", "/opt/inter leave".to_owned())],
        };
        for Draft { name, text } in
            files(&job("/shared/week 3", "/shared/results"), &program, Some("module load rust"))
        {
            insta::assert_snapshot!(name, text);
        }
    }
}
