//! Children: started in one place, watched, and always ended with everything that they started.

mod launch;
mod stall;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use launch::Child;
use stall::Stall;

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
    /// Ends the child as soon as all of its threads sleep and nothing in it can wake them.
    pub watch_for_stall: bool,
    /// Its standard error goes where the grader's own goes, and is not captured.
    pub shows_errors: bool,
}

/// What a child's standard input is.
#[derive(Debug)]
pub(crate) enum Stdin {
    Empty,
    /// A socket: the text and its end can be read from it, and the answer is written back to it.
    Conversation(String),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub wall: Duration,
    /// Bytes kept of standard output and of standard error each; the rest is read and dropped.
    pub output: usize,
    /// Bytes kept of the answer.
    pub answer: usize,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Exited(i32),
    Signalled(i32),
    /// It was still running at the limit of wall time.
    TimedOut,
    /// Every thread slept and nothing could wake one.
    Stalled,
}

#[derive(Debug)]
pub(crate) struct Ended {
    pub end: End,
    /// Never looked at for a verdict.
    #[cfg_attr(not(test), expect(dead_code, reason = "kept for formats that show a learner's own output"))]
    pub stdout: Captured,
    pub stderr: Captured,
    pub answer: Captured,
    pub duration: Duration,
}

/// What was read from a child: at most the limit.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    pub bytes: Vec<u8>,
    pub cut: bool,
}

/// How long after a child's end its pipes may stay open, held by something that outlives it.
const AFTERLIFE: Duration = Duration::from_secs(2);

/// Runs the job to its end.
///
/// # Errors
/// When the child cannot be started.
pub(crate) fn run(job: &Job) -> io::Result<Ended> {
    let started = Instant::now();
    let mut child = launch::launch(job)?;
    let stdout = capture(child.process.stdout.take(), job.limits.output);
    let stderr = capture(child.process.stderr.take(), job.limits.output);
    let answer = converse(&mut child, job);
    let end = watch(&child, job, started);
    // Whatever the child left behind dies with it. It is not reaped yet, so its group is still its own.
    // An error says that the group is gone, which is what is wanted.
    let _ = killpg(child.pid, Signal::SIGKILL);
    let status = child.process.wait()?;
    let end = end.unwrap_or_else(|| launch::end_of(status));
    let duration = started.elapsed();
    Ok(Ended { end, stdout: collect(&stdout), stderr: collect(&stderr), answer: collect(&answer), duration })
}

/// Waits until the child has ended (`None`) or has to be ended.
fn watch(child: &Child, job: &Job, started: Instant) -> Option<End> {
    let (ended, end) = mpsc::channel();
    let pid = child.pid;
    thread::spawn(move || {
        wait_without_reaping(pid);
        // Nobody listens any more once the child was ended from here.
        let _ = ended.send(());
    });
    let mut stall = Stall::of(pid);
    loop {
        let left = job.limits.wall.saturating_sub(started.elapsed());
        match end.recv_timeout(left.min(stall::INTERVAL)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if started.elapsed() >= job.limits.wall {
            return Some(End::TimedOut);
        }
        if job.watch_for_stall && stall.sample() {
            return Some(End::Stalled);
        }
    }
}

fn wait_without_reaping(pid: Pid) {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    while let Err(nix::errno::Errno::EINTR) = waitid(Id::Pid(pid), flags) {}
}

fn converse(child: &mut Child, job: &Job) -> Receiver<Captured> {
    let Some(mut socket) = child.socket.take() else { return capture(None::<io::Empty>, 0) };
    if let Stdin::Conversation(text) = &job.stdin {
        // A child that ends before it has read everything is judged by its end, not by this error.
        let _ = socket.write_all(text.as_bytes());
        let _ = socket.shutdown(std::net::Shutdown::Write);
    }
    capture(Some(socket), job.limits.answer)
}

/// Reads `source` to its end on a thread of its own, so that a full pipe never blocks the child.
fn capture(source: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Captured> {
    let (sender, receiver) = mpsc::channel();
    if let Some(source) = source {
        thread::spawn(move || drain(source, limit, &sender));
    }
    receiver
}

fn drain(mut source: impl Read, limit: usize, sender: &Sender<Captured>) {
    let mut captured = Captured::default();
    let mut buffer = [0; 16 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                let room = limit.saturating_sub(captured.bytes.len()).min(count);
                captured.bytes.extend_from_slice(&buffer[..room]);
                captured.cut |= room < count;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    // The receiver may have given up on a pipe that outlived its child.
    let _ = sender.send(captured);
}

fn collect(receiver: &Receiver<Captured>) -> Captured {
    receiver.recv_timeout(AFTERLIFE).unwrap_or_default()
}

#[cfg(test)]
mod tests;
