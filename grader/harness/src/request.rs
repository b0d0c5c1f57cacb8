//! What the grader asks for, and the channel on which it waits for the answer.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use model_trace::Opinion;
use model_trace::wire::{Answer, OpinionAnswer, Request};

use crate::report::Report;

/// A request, and where its answer goes.
pub struct Asked {
    request: Request,
    /// The write end of the grader's socket. It is closed on exec, and no path leads to it.
    channel: Mutex<File>,
}

/// Reads the request and takes the socket away from standard input.
pub(crate) fn take() -> io::Result<Arc<Asked>> {
    die_with_the_grader();
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    let socket: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
    nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
    let request = serde_json::from_str(&text)
        .map_err(|error| io::Error::other(format!("the request is malformed: {error}")))?;
    Ok(Arc::new(Asked { request, channel: Mutex::new(File::from(socket)) }))
}

/// A check has a process group of its own, so the interrupt key does not reach it.
fn die_with_the_grader() {
    // Where this fails, the check ends by itself or at its limit.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
}

impl Asked {
    /// What the grader asks for.
    pub fn request(&self) -> &Request {
        &self.request
    }

    pub(crate) fn answer(&self, report: Report) -> ! {
        let Report { outcome, coverage } = report;
        let Request { nonce, check, .. } = self.request.clone();
        self.send(serde_json::to_vec(&Answer { nonce, check, outcome, coverage }))
    }

    /// Answers with loom's opinion.
    pub fn answer_with_opinion(&self, opinion: &Opinion) -> ! {
        let Request { nonce, check, .. } = self.request.clone();
        self.send(serde_json::to_vec(&OpinionAnswer { nonce, check, opinion: opinion.clone() }))
    }

    /// Writes the one line that the grader believes and ends the process at once: nothing of the
    /// learner's unwinds, drops or runs at exit after the verdict is out.
    fn send(&self, answer: serde_json::Result<Vec<u8>>) -> ! {
        // A second sender never gets the lock: the first ends the process while it holds it.
        let mut socket = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = answer.map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            socket.write_all(&line)?;
            socket.flush()
        });
        #[expect(
            clippy::disallowed_methods,
            reason = "nothing of a learner's may run after the verdict is out"
        )]
        std::process::exit(if sent.is_ok() { 0 } else { 74 })
    }
}
