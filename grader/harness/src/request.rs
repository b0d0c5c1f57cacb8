//! What the grader asks for, and the channel on which it waits for the answer.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use crate::report::Report;

pub(crate) struct Request {
    /// Proves that an answer belongs to this request.
    pub nonce: String,
    pub check: String,
    pub engine: Engine,
    /// `None` searches without a bound.
    pub preemptions: Option<usize>,
    pub executions: u64,
    pub seed: u64,
    pub task: Task,
    /// The write end of the grader's socket. It is closed on exec, and no path leads to it.
    channel: Mutex<File>,
}

/// What to do with the check. On real threads it can only be run.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Task {
    /// Tell whether it passes.
    Judge {},
    /// Run one schedule again.
    Replay {
        schedule: String,
        /// Whether to wait for a debugger where it fails.
        debugger: bool,
    },
    /// Look for a smaller failure than that of a schedule.
    Shrink { schedule: String },
    /// Show how it passes.
    Show {},
}

#[derive(Clone, Copy)]
pub(crate) enum Engine {
    Stress,
    Model,
}

/// Reads the request and takes the socket away from standard input.
pub(crate) fn take() -> io::Result<Arc<Request>> {
    die_with_the_grader();
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    let socket: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
    nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
    let request =
        parse(&text, File::from(socket)).ok_or_else(|| io::Error::other("the request is malformed"))?;
    Ok(Arc::new(request))
}

/// A check has a process group of its own, so the interrupt key does not reach it.
fn die_with_the_grader() {
    // Where this fails, the check ends by itself or at its limit.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
}

fn parse(text: &str, channel: File) -> Option<Request> {
    let request: Value = serde_json::from_str(text).ok()?;
    Some(Request {
        nonce: request["nonce"].as_str()?.to_owned(),
        check: request["check"].as_str()?.to_owned(),
        engine: match request["engine"].as_str()? {
            "stress" => Engine::Stress,
            "model" => Engine::Model,
            _ => return None,
        },
        preemptions: match &request["preemptions"] {
            Value::Null => None,
            bound => Some(usize::try_from(bound.as_u64()?).ok()?),
        },
        executions: request["executions"].as_u64()?,
        seed: request["seed"].as_u64()?,
        task: Task::deserialize(&request["task"]).ok()?,
        channel: Mutex::new(channel),
    })
}

impl Request {
    /// Writes the one line that the grader believes and ends the process at once: nothing of the
    /// learner's unwinds, drops or runs at exit after the verdict is out.
    pub(crate) fn answer(&self, report: &Report) -> ! {
        let line = format!("{}\n", report.to_json(self));
        // A second sender waits here for ever, that is, until the first has ended the process.
        let mut socket = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = socket.write_all(line.as_bytes()).and_then(|()| socket.flush());
        std::process::exit(if sent.is_ok() { 0 } else { 74 })
    }
}
