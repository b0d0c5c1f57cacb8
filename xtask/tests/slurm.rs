//! `cargo xtask cluster slurm` on Slurm itself: three nodes on this machine, of which one fails.

use crate::classroom;
use crate::slurm_nodes;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::classroom::{BROKEN, Class, EXERCISE, FORBIDDEN, stub, write};
use crate::slurm_nodes::{Cluster, until};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

const LEARNERS: usize = 60;
const SHARDS: &str = "6";
const FAILING: &str = "n2";
const REPORTS: [&str; 3] = ["class.json", "class.csv", "class.html"];
const DATE: &str = "1700000000";

/// Sixty learners. What they hand in is judged before anything runs, and was never graded before.
fn class() -> Class {
    let class = Class::new(&[]);
    for number in 0..LEARNERS {
        let own = class.folder.path().display();
        let text = match number {
            0 => stub(),
            1..=6 => format!("{BROKEN} // {own} {number}"),
            7 => String::new(),
            _ => format!("{FORBIDDEN} // {own} {number}"),
        };
        write(&class.folder.path().join(format!("class/learner-{number:02}.rs")), &text);
    }
    write(&class.folder.path().join("rubric.toml"), "[learner.learner-09]\nbonus = 5\n");
    class
}

/// What each task begins with: once, on the node that is to fail, it grades a part of its shard and stops there. No other
/// task begins before that.
fn gate(class: &Class) -> String {
    let here = class.folder.path().display();
    let xtask = env!("CARGO_BIN_EXE_xtask");
    format!(
        "\
if [ \"$SLURMD_NODENAME\" = {FAILING} ] && mkdir '{here}/gate'; then
    '{xtask}' grade '{here}/class' --class -e {EXERCISE} --results '{here}/results' --jobs 1 \\
        --shard \"$SLURM_ARRAY_TASK_ID/{SHARDS}\" &
    until [ -n \"$(find \"{here}/results/shard-$SLURM_ARRAY_TASK_ID-of-{SHARDS}\" -name '*.json')\" ]; do sleep 0.05; done
    kill -STOP $! || true
    echo \"$SLURM_ARRAY_TASK_ID\" > '{here}/gate/stopping'
    mv '{here}/gate/stopping' '{here}/gate/stopped'
    sleep infinity
fi
# The others wait, so that the node that is to fail has its task. The job that merges is no part of an array.
if [ -n \"${{SLURM_ARRAY_TASK_ID:-}}\" ]; then
    until [ -e '{here}/gate/stopped' ]; do sleep 0.05; done
fi
"
    )
}

/// The command, which ends with the test, and with it the sbatch that it waits for.
struct Submission(Child);

impl Drop for Submission {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).expect("a process");
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

#[test]
fn a_node_fails_and_the_report_is_that_of_one_machine() {
    if !slurm_nodes::is_installed() {
        return;
    }
    let class = class();
    let here = class.folder.path();
    let mut cluster = Cluster::start();
    write(&here.join("gate.sh"), &gate(&class));
    let said = here.join("said");
    let gate = format!(". '{}'", here.join("gate.sh").display());
    let submission = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["cluster", "slurm", "class", "--shards", SHARDS, "-e", EXERCISE, "--results", "results"])
        .args(["--memory", "1024", "--minutes", "10", "--setup", &gate])
        .current_dir(here)
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("SLURM_CONF", cluster.configuration())
        .env("SOURCE_DATE_EPOCH", DATE)
        .stdin(Stdio::null())
        .stdout(fs::File::create(here.join("report")).expect("a file"))
        .stderr(fs::File::create(&said).expect("a file"))
        .process_group(0)
        .spawn();
    let mut submission = Submission(submission.expect("the command runs"));
    let logs = cluster.logs();
    let known = || format!("{}\n{}", read(&said), slurm_nodes::said(&logs));
    let stopped = here.join("gate/stopped");
    until("a shard is half graded", &known, || {
        assert_eq!(submission.0.try_wait().expect("a child"), None, "{}", known());
        stopped.exists()
    });
    let shard = read(&stopped).trim().to_owned();
    let before = classroom::files(&here.join(format!("results/shard-{shard}-of-{SHARDS}"))).len();
    assert!(before > 0);
    cluster.kill(FAILING);

    let mut status = None;
    until("the class is merged", &known, || {
        status = submission.0.try_wait().expect("a child");
        status.is_some()
    });
    let known = known();
    assert_eq!(status.and_then(|status| status.code()), Some(1), "{known}");
    assert!(read(&said).contains("Submitted: the shards as job"), "{known}");
    assert!(!read(&said).contains('\u{1b}'), "{known}");
    assert!(read(&here.join("report")).contains("learner-59"), "{}", read(&here.join("report")));
    let log = read(&here.join(format!("results/slurm/logs/shard-{shard}.log")));
    assert!(log.contains(&format!("shard {shard} of {SHARDS}, on {FAILING}, start 0")), "not there: {log}");
    // Elsewhere, since the node is gone.
    assert!(log.contains(&format!("shard {shard} of {SHARDS}, on n")) && log.contains("start 1"), "{log}");
    cluster.stop();

    let alone = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["grade", "--class", "--no-cache", "-e", EXERCISE])
        .arg(here.join("class"))
        .arg("--results")
        .arg(class.results.path().join("run"))
        .args(["--format", "json", "--output", "class.json", "--format", "csv", "--output", "class.csv"])
        .args(["--format", "html", "--output", "class.html", "--quiet"])
        .current_dir(here)
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", DATE)
        .output()
        .expect("the command runs");
    assert_eq!(alone.status.code(), Some(1), "{}", String::from_utf8_lossy(&alone.stderr));
    for report in REPORTS {
        let (one, many) = (class.read(report), read(&here.join("results").join(report)));
        assert!(one == many, "{report}\n{one}\n{many}");
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}
