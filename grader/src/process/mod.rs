//! Children: started in one place, watched, and always ended with everything that they started.

mod capture;
#[cfg_attr(unix, path = "child/unix.rs")]
#[cfg_attr(windows, path = "child/windows.rs")]
mod child;
mod dialogue;
mod stall;
mod usage;
mod watchdog;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::error::Fault;
use crate::interrupt::Interrupt;
pub(crate) use capture::Captured;
use capture::{Capture, Flood};
use child::Child;
use dialogue::Dialogues;
pub(crate) use dialogue::{Claim, Dialogue};
use stall::{Stall, Stuck};
pub use usage::CpuTime;
use watchdog::Watchdog;

/// What to run, and within which limits.
#[derive(Debug)]
pub(crate) struct Job {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub folder: PathBuf,
    /// The whole environment.
    pub env: Vec<(OsString, OsString)>,
    pub stdin: Stdin,
    pub limits: Limits,
    /// Ends the child as soon as all of its threads sleep and nothing in it can wake them, or nothing has for long.
    pub watch_for_stall: bool,
    /// Its standard error goes where the grader's own goes, and is not captured.
    pub shows_errors: bool,
    /// What it must not do; `None` for a tool that is trusted.
    pub confinement: Option<Confinement>,
}

/// How a child is confined: by a helper that confines itself and then becomes the child, so that there is one process.
#[derive(Debug, Clone)]
#[cfg_attr(not(unix), expect(dead_code, reason = "there is no helper"))]
pub(crate) struct Confinement {
    pub helper: PathBuf,
    /// The helper's arguments, in front of the program that it becomes.
    pub args: Vec<OsString>,
    /// How a helper ends that cannot: its exit code, and what its standard error begins with. A child cannot know it.
    pub failed: (i32, String),
    /// Bytes of memory that may be in use.
    pub memory: u64,
    pub threads: u64,
    /// Seconds of CPU time. The system ends what uses more.
    pub cpu: u64,
}

/// What a child's standard input is.
#[derive(Debug)]
pub(crate) enum Stdin {
    Empty,
    /// A socket, over which the child asks and answers.
    Dialogue(Dialogue),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub wall: Duration,
    /// Bytes kept of standard output and of standard error each; the rest is read and dropped.
    pub output: usize,
    /// Bytes that each of the two may have. A child that writes more is ended.
    pub flood: usize,
    /// Bytes that the answer may have. A child that writes more is ended.
    pub answer: usize,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "other systems do not say why they end a process"))]
pub(crate) enum End {
    Exited(i32),
    Signalled(i32),
    /// It was still running at the limit of wall time.
    TimedOut,
    /// Every thread slept and nothing could wake one.
    Stalled,
    /// Every thread slept for long, and nothing but time could wake one.
    Idle,
    /// It went beyond a limit of its confinement.
    Exceeded(Ceiling),
    /// It tried to open a socket.
    OpenedSocket,
}

/// A limit of a confined child, and how much it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "other systems do not hold a process to them"))]
pub(crate) enum Ceiling {
    Memory {
        bytes: u64,
    },
    CpuTime {
        seconds: u64,
    },
    Threads {
        most: u64,
    },
    Output {
        bytes: usize,
    },
    /// Of the way to the grader.
    Answer {
        bytes: usize,
    },
    FileSize,
}

#[derive(Debug)]
pub(crate) struct Finished {
    pub end: End,
    /// Never looked at for a verdict on a submission.
    pub stdout: Captured,
    pub stderr: Captured,
    pub answer: Captured,
    pub claim: Claim,
    pub duration: Duration,
    pub cpu: CpuTime,
}

/// Why a child did not come to an end that means something.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error("it cannot be started")]
    Start(#[from] io::Error),
    /// It did not start, or was ended before it was done.
    #[error("it was interrupted")]
    Interrupted,
}

impl Error {
    /// The grader's own fault that this is; `start` says which one it is not to be able to start.
    pub(crate) fn into_fault(self, start: impl FnOnce(io::Error) -> Fault) -> Fault {
        match self {
            Self::Start(source) => start(source),
            Self::Interrupted => Fault::Interrupted,
        }
    }
}

impl Job {
    /// `program` with the grader's own environment and no limits, for a tool that is trusted.
    pub(crate) fn tool(program: &str, args: &[&str], folder: &Path) -> Self {
        Self {
            program: PathBuf::from(program),
            args: args.iter().map(OsString::from).collect(),
            folder: folder.to_owned(),
            env: std::env::vars_os().collect(),
            stdin: Stdin::Empty,
            limits: Limits { wall: Duration::MAX, output: usize::MAX, flood: usize::MAX, answer: 0 },
            watch_for_stall: false,
            shows_errors: false,
            confinement: None,
        }
    }
}

/// Runs the job to its end.
///
/// # Errors
/// When the child cannot be started, or the work is interrupted.
pub(crate) fn run(job: &Job, interrupt: &Interrupt) -> Result<Finished, Error> {
    run_watched(job, interrupt, None)
}

/// The same, and hands over each line of the child's standard output as soon as it is there.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_with_lines(
    job: &Job,
    interrupt: &Interrupt,
    on_line: &mut dyn FnMut(&str),
) -> Result<Finished, Error> {
    run_watched(job, interrupt, Some(on_line))
}

fn run_watched(
    job: &Job,
    interrupt: &Interrupt,
    mut on_line: Option<&mut dyn FnMut(&str)>,
) -> Result<Finished, Error> {
    if interrupt.is_requested() {
        return Err(Error::Interrupted);
    }
    let started = Instant::now();
    let mut child = Child::launch(job)?;
    let (news, incoming) = mpsc::channel();
    let flood = |limit, ceiling| {
        let news = news.clone();
        // The receiver is gone once the child was ended from here.
        Flood { limit, report: Box::new(move || drop(news.send(News::Flooded(ceiling)))) }
    };
    let output = || flood(job.limits.flood, Ceiling::Output { bytes: job.limits.flood });
    let beyond_answer = Ceiling::Answer { bytes: job.limits.answer };
    let stdout = match on_line {
        None => Capture::start(child.stdout.take(), job.limits.output, Some(output())),
        Some(_) => {
            let news = news.clone();
            Capture::start_lines(child.stdout.take(), job.limits.output, move |line| {
                // The receiver is gone once the child was ended from here.
                let _ = news.send(News::Line(line));
            })
        }
    };
    let stderr = Capture::start(child.stderr.take(), job.limits.output, Some(output()));
    let dialogue = converse(&mut child, job, flood(job.limits.answer, beyond_answer));
    // The receiver is gone once the child was ended from here.
    child.announce_end(move || drop(news.send(News::Ended)));
    let mut hear = |news| match (news, &mut on_line) {
        (News::Line(line), Some(on_line)) => on_line(&line),
        (News::Line(_), None) | (News::Flooded(_) | News::Ended, _) => {}
    };
    let stop = watch(child.number, job, interrupt, &incoming, &mut hear);
    let (own_end, cpu) = child.finish(job.confinement.as_ref())?;
    let end = match stop {
        Stop::Ended => own_end,
        Stop::Exceeded(ceiling) => End::Exceeded(ceiling),
        Stop::TimedOut => End::TimedOut,
        Stop::Stuck(Stuck::Stalled) => End::Stalled,
        Stop::Stuck(Stuck::Idle) => End::Idle,
        Stop::Interrupted => return Err(Error::Interrupted),
    };
    let duration = started.elapsed();
    let (stdout, stderr, said) = (stdout.collect(), stderr.collect(), dialogue.collect());
    let dialogue::Said { answer, claim } = said;
    // Where it ended in the same moment, one of the two is heard first.
    let end = if answer.truncated { End::Exceeded(beyond_answer) } else { end };
    incoming.try_iter().for_each(hear);
    if let Some(Confinement { failed: (code, token), .. }) = &job.confinement
        && end == End::Exited(*code)
        && let Some(message) = String::from_utf8_lossy(&stderr.bytes).strip_prefix(token.as_str())
    {
        return Err(Error::Start(io::Error::other(format!("it cannot be confined: {}", message.trim()))));
    }
    Ok(Finished { end, stdout, stderr, answer, claim, duration, cpu })
}

/// What is heard of a child while it runs.
enum News {
    /// A line of its standard output.
    Line(String),
    /// It writes more than it may.
    Flooded(Ceiling),
    Ended,
}

/// Why a child is no longer watched.
enum Stop {
    Ended,
    TimedOut,
    Stuck(Stuck),
    Exceeded(Ceiling),
    Interrupted,
}

/// How often to look at what a confined child uses: it can fill a lot of memory within a tenth of a second.
const LOOK_AT_USAGE: Duration = Duration::from_millis(20);

/// Waits until the child has ended or has to be ended. `process` is its number.
fn watch(
    process: u32,
    job: &Job,
    interrupt: &Interrupt,
    incoming: &Receiver<News>,
    hear: &mut dyn FnMut(News),
) -> Stop {
    let mut stall = Stall::of(process);
    let mut watchdog = Watchdog::new(job.limits.wall, Instant::now());
    let mut left = job.limits.wall;
    let interval = if job.confinement.is_some() { LOOK_AT_USAGE } else { stall::INTERVAL };
    let mut last_sample = Instant::now();
    loop {
        let quiet = match incoming.recv_timeout(left.min(interval)) {
            Ok(News::Ended) | Err(RecvTimeoutError::Disconnected) => return Stop::Ended,
            Ok(line @ News::Line(_)) => {
                hear(line);
                false
            }
            Ok(News::Flooded(ceiling)) => return Stop::Exceeded(ceiling),
            Err(RecvTimeoutError::Timeout) => true,
        };
        if interrupt.is_requested() {
            return Stop::Interrupted;
        }
        left = watchdog.left(Instant::now());
        if left.is_zero() {
            return Stop::TimedOut;
        }
        if let Some(ceiling) =
            job.confinement.as_ref().and_then(|confinement| usage::beyond(process, confinement))
        {
            return Stop::Exceeded(ceiling);
        }
        if quiet && job.watch_for_stall && last_sample.elapsed() >= stall::INTERVAL {
            last_sample = Instant::now();
            if let Some(stuck) = stall.sample() {
                return Stop::Stuck(stuck);
            }
        }
    }
}

fn converse(child: &mut Child, job: &Job, flood: Flood) -> Dialogues {
    match (child.channel(), &job.stdin) {
        (Some(connect), Stdin::Dialogue(dialogue)) => {
            Dialogues::start(connect, child.number, dialogue.clone(), flood)
        }
        (None, _) | (_, Stdin::Empty) => Dialogues::none(),
    }
}

#[cfg(all(test, unix))]
mod tests;
