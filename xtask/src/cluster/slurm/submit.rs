//! Submitting with sbatch, and waiting.

#![expect(clippy::disallowed_methods, reason = "Slurm's own programs: nothing of a submission runs here")]

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use grader::error::Fault;
use grader::interrupt::Interrupt;

use super::script::{GRADE, LOGS, MERGE};
use crate::cluster::Ended;
use crate::cluster::refused::Refused;
use crate::progress;
use crate::progress::heartbeat::{self, Heartbeat};
use crate::terminal::Terminal;

const SBATCH: &str = "sbatch";
/// How soon Ctrl-C is seen.
const TICK: Duration = Duration::from_millis(500);
/// How often Slurm is asked: more often would be a load for those who share it.
const POLL: Duration = Duration::from_secs(5);

/// Two jobs that Slurm has taken.
#[derive(Debug)]
pub(super) struct Submitted {
    pub shards: String,
    pub merging: String,
    /// `None` where nobody waits.
    pub waiting: Option<Waiting>,
}

/// sbatch, as it waits for the job that merges.
#[derive(Debug)]
pub(super) struct Waiting {
    process: Child,
    /// Closed when the process has ended.
    lines: Receiver<String>,
}

impl fmt::Display for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submitted: the shards as job {}, and job {} merges them.", self.shards, self.merging)
    }
}

/// Submits the files in `folder`.
///
/// # Errors
/// When there is no sbatch, or it refuses.
pub(super) fn submit(folder: &Path, waits: bool) -> Result<Submitted, Ended> {
    let logs = folder.join(LOGS);
    fs::create_dir_all(&logs).map_err(|source| Fault::io("make the folder", &logs, source))?;
    let shards = first_line(sbatch(folder, &[GRADE])?)?;
    let dependency = format!("--dependency=afterany:{shards}");
    let wait: &[&str] = if waits { &["--wait"] } else { &[] };
    let process = sbatch(folder, &[wait, &[&dependency, MERGE]].concat())?;
    if !waits {
        return Ok(Submitted { shards, merging: first_line(process)?, waiting: None });
    }
    let mut waiting = Waiting::new(process);
    let merging = waiting.lines.recv().ok().and_then(|line| id(&line));
    let Some(merging) = merging else {
        waiting.process.wait().map_err(no_slurm)?;
        return Err(Refused::NotSubmitted { program: SBATCH }.into());
    };
    Ok(Submitted { shards, merging, waiting: Some(waiting) })
}

fn no_slurm(source: std::io::Error) -> Refused {
    Refused::NoSlurm { program: SBATCH, source }
}

fn sbatch(folder: &Path, args: &[&str]) -> Result<Child, Refused> {
    let mut command = Command::new(SBATCH);
    command.arg("--parsable").args(args).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(no_slurm)
}

/// The job that a process has submitted by its end.
fn first_line(process: Child) -> Result<String, Refused> {
    let output = process.wait_with_output().map_err(no_slurm)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let job = text.lines().next().and_then(id).filter(|_| output.status.success());
    job.ok_or(Refused::NotSubmitted { program: SBATCH })
}

/// The number of a job, as `sbatch --parsable` prints it: where there are several clusters, with the name of one.
fn id(line: &str) -> Option<String> {
    let number = line.split(';').next().unwrap_or_default().trim();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| number.to_owned())
}

impl Waiting {
    fn new(mut process: Child) -> Self {
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = process.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    // Whoever listened is gone when the program ends.
                    let _ = sender.send(line);
                }
            });
        }
        Self { process, lines }
    }
}

/// Waits for the job that merges, and says whether it succeeded; `None` if Ctrl-C came first.
///
/// # Errors
/// When the process cannot be waited for.
pub(super) fn wait(
    waiting: Waiting,
    job: &str,
    shards: usize,
    interrupt: &Interrupt,
    terminal: &Terminal,
) -> Result<Option<bool>, Refused> {
    let Waiting { mut process, lines } = waiting;
    let length = u64::try_from(shards).unwrap_or(u64::MAX);
    let bar = progress::bar(length, terminal.has_bars());
    bar.enable_steady_tick(Duration::from_millis(120));
    let queue = Arc::new(Mutex::new(Queue { waiting: shards, running: 0, of: shards }));
    let said = Arc::clone(&queue);
    let heartbeat = Heartbeat::in_place_of_bars(terminal, move |since| {
        let queue = said.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}: {}", heartbeat::elapsed(since), *queue)
    });
    let mut asked = Instant::now();
    let ended = loop {
        match lines.recv_timeout(TICK) {
            Err(RecvTimeoutError::Disconnected) => break true,
            _ if interrupt.is_requested() => break false,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        if asked.elapsed() >= POLL {
            asked = Instant::now();
            if let Some(now) = Queue::ask(job, shards) {
                bar.set_position(u64::try_from(now.done()).unwrap_or(u64::MAX));
                bar.set_message(now.to_string());
                *queue.lock().unwrap_or_else(PoisonError::into_inner) = now;
            }
        }
    };
    drop(heartbeat);
    bar.finish_and_clear();
    if !ended {
        // Ctrl-C in a terminal has ended it already. The jobs are Slurm's.
        let _ = process.kill();
    }
    let status = process.wait().map_err(no_slurm)?;
    // Interrupted, also if sbatch heard of it first.
    Ok((!interrupt.is_requested()).then_some(status.success()))
}

/// How far an array job is.
#[derive(Debug, PartialEq, Eq)]
struct Queue {
    waiting: usize,
    running: usize,
    of: usize,
}

impl Queue {
    /// `None` where Slurm does not say.
    fn ask(job: &str, of: usize) -> Option<Self> {
        let mut command = Command::new("squeue");
        command.args(["--noheader", "--array", "--format=%T", "--jobs", job]);
        let output = command.stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| Self::read(&String::from_utf8_lossy(&output.stdout), of))
    }

    /// Out of the states of the tasks that have not ended.
    fn read(states: &str, of: usize) -> Self {
        let states: Vec<&str> = states.split_whitespace().collect();
        let running =
            states.iter().copied().filter(|state| ["RUNNING", "COMPLETING"].contains(state)).count();
        Self { waiting: states.len() - running, running, of }
    }

    fn done(&self) -> usize {
        self.of.saturating_sub(self.waiting + self.running)
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} shards done, {} running", self.done(), self.of, self.running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_a_number_also_where_there_are_several_clusters() {
        let ids = ["17\n", "17;west", "", ";west", "error", "-1"].map(|line| id(line.trim_end()));
        assert_eq!(ids, [Some("17".to_owned()), Some("17".to_owned()), None, None, None, None]);
    }

    #[test]
    fn what_is_in_no_queue_is_done() {
        let queue = Queue::read("RUNNING\nCOMPLETING\nPENDING\nCONFIGURING\n", 10);
        assert_eq!(queue, Queue { waiting: 2, running: 2, of: 10 });
        assert_eq!(queue.to_string(), "6 of 10 shards done, 2 running");
        assert_eq!(Queue::read("", 3).done(), 3);
    }
}
