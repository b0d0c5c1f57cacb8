//! `cargo xtask cluster`: what it writes is held against the schemas and rules of those who read it.

use crate::validators;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Names that mean something to a shell, to YAML, to Kubernetes and to a workflow.
const HOSTILE: [&str; 4] = ["--rubric", "it's $(HOME) ${{ github.token }}: #\".toml", "--roster", "a: b.csv"];

fn cluster(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("cluster")
        .args(args)
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .stdin(Stdio::null())
        .output()
        .expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn written(args: &[&str]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let all =
        [args, &["class", "--shards", "12", "-e", "race-counter", "--output", "out"], &HOSTILE].concat();
    let output = cluster(folder.path(), &all);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let files = validators::files(&folder.path().join("out"), &["yaml", "yml", "sbatch", "sh"]);
    (folder, files)
}

#[test]
fn manifests_follow_the_schema_of_kubernetes() {
    let (folder, files) =
        written(&["kubernetes", "--image", "registry.example.org/interleave@sha256:0", "--claim", "c"]);
    assert_eq!(files.len(), 2, "{files:?}");
    if let Some(said) = validators::kubernetes(&files) {
        assert_eq!(said, "");
        // It would have said so otherwise.
        let wrong = folder.path().join("wrong.yaml");
        let text = fs::read_to_string(&files[0]).expect("a manifest");
        fs::write(&wrong, text.replace("readOnlyRootFilesystem", "readOnly")).expect("a file");
        let refused = validators::kubernetes(&[wrong]).expect("the validator");
        assert!(refused.contains("readOnly"), "{refused}");
    }
}

#[test]
fn a_workflow_has_nothing_that_actionlint_objects_to() {
    let (folder, mut files) = written(&["github"]);
    assert_eq!(files.len(), 1, "{files:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    files.extend(validators::files(&root.join(".github/workflows"), &["yml"]));
    if let Some(said) = validators::actionlint(&files) {
        assert_eq!(said, "");
        let wrong = folder.path().join("wrong.yml");
        let text = fs::read_to_string(&files[0]).expect("a workflow");
        fs::write(&wrong, text.replace("matrix.shard }}", "matrix.shart }}")).expect("a file");
        let refused = validators::actionlint(&[wrong]).expect("the linter");
        assert!(refused.contains("shart"), "{refused}");
    }
}

#[test]
fn the_scripts_of_slurm_are_shell_and_are_run_by_one() {
    let (folder, files) = written(&["slurm"]);
    assert_eq!(files.len(), 3, "{files:?}");
    // In place of Slurm, something that writes down what it is asked.
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).expect("a folder");
    let sbatch =
        "#!/bin/sh\necho \"$@\" >> asked\nfor script; do :; done\nbash -n \"$script\" && echo '17;west'\n";
    // The shell writes it: other tests start processes, and what one of them may still have open cannot be run.
    let submit = "printf %s \"$SBATCH\" > programs/sbatch && chmod +x programs/sbatch
        PATH=$PWD/programs:$PATH sh out/submit.sh && cat out/asked";
    let output =
        Command::new("sh").args(["-c", submit]).env("SBATCH", sbatch).current_dir(folder.path()).output();
    let output = output.expect("it runs");
    let asked = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", said(&output));
    assert!(asked.ends_with("--parsable grade.sbatch\n--dependency=afterany:17 merge.sbatch\n"), "{asked}");
}

#[test]
fn what_an_engine_cannot_do_is_refused_with_a_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    for (args, code, part) in [
        (&["github", "class", "--shards", "257"][..], 2, "at most 256"),
        (&["github", "/class", "--shards", "2"], 2, "inside the repository"),
        (&["kubernetes", "../class", "--shards", "2"], 2, "inside the volume"),
        (
            &["kubernetes", "class", "--shards", "2", "--claim", "My Claim"],
            2,
            "no name that Kubernetes knows",
        ),
        (&["kubernetes", "class", "--shards", "2", "--format", "gradescope"], 2, "about one learner"),
        (&["kubernetes", "class", "--shards", "0"], 2, "--shards"),
        (&["slurm", "class", "--shards", "2"], 2, "is not a folder"),
    ] {
        let output = cluster(folder.path(), args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(part), "{args:?}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    let nothing = cluster(folder.path(), &["slurm", "class", "--shards", "2", "--dry-run"]);
    assert_eq!(nothing.status.code(), Some(0), "{}", said(&nothing));
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("#SBATCH --array=0-1"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is written");
}
