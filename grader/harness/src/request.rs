//! What the grader asks for, and the channel on which it waits for the answer.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use model_trace::Opinion;
use model_trace::wire::{Answer, OpinionAnswer, Request, UNSENT};

use crate::report::Report;

#[cfg_attr(unix, path = "request/socket.rs")]
#[cfg_attr(windows, path = "request/connection.rs")]
mod channel;

pub(crate) use channel::Channel;

/// A request, and where its answer goes.
pub struct Asked {
    request: Request,
    channel: Mutex<Arc<Channel>>,
}

/// Takes the way to the grader away from standard input.
///
/// # Errors
/// When there is none, or standard input cannot be replaced.
pub(crate) fn open() -> io::Result<Arc<Channel>> {
    die_with_the_grader();
    channel::open().map(Arc::new)
}

/// Says `line` to the grader, and returns the line that it says then.
///
/// The grader looks at where a process waits for it: the second time, it has to be where it was the first time. So this
/// is one function, that [`main`](crate::main) alone calls.
///
/// # Errors
/// When the grader says nothing.
#[inline(never)]
pub(crate) fn say(mut channel: &Channel, line: &str) -> io::Result<String> {
    // Where nobody reads it, as when the program is run by hand with a file, the request may be there all the same.
    let _ = channel.write_all(line.as_bytes());
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    while said.last() != Some(&b'\n') {
        match channel::read(channel, &mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => said.extend_from_slice(&buffer[..count]),
        }
    }
    said.pop();
    String::from_utf8(said).map_err(io::Error::other)
}

/// What the grader asks for in `line`.
///
/// # Errors
/// When it is malformed.
pub(crate) fn parse(line: &str, channel: &Arc<Channel>) -> io::Result<Arc<Asked>> {
    let request = serde_json::from_str(line)
        .map_err(|error| io::Error::other(format!("the request is malformed: {error}")))?;
    Ok(Arc::new(Asked { request, channel: Mutex::new(Arc::clone(channel)) }))
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

    /// Answers with what is no pass.
    pub(crate) fn answer(&self, report: Report) -> ! {
        self.answer_sealed(report, None)
    }

    /// Answers with what may be a pass, with what the grader gave for it.
    pub(crate) fn answer_sealed(&self, report: Report, seal: Option<String>) -> ! {
        let Report { outcome, coverage } = report;
        let Request { nonce, check, .. } = self.request.clone();
        self.send(serde_json::to_vec(&Answer { nonce, check, seal, outcome, coverage }))
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
        let channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = answer.map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            let mut channel: &Channel = &channel;
            channel.write_all(&line)
        });
        end(if sent.is_ok() { 0 } else { UNSENT })
    }
}

/// Ends the process at once. The C library's `exit` would run the destructors of what is local to this thread.
#[cfg(unix)]
fn end(code: i32) -> ! {
    // SAFETY: it ends the process, and touches no memory of it.
    unsafe { nix::libc::_exit(code) }
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "nothing of a learner's may run after the verdict is out")]
fn end(code: i32) -> ! {
    std::process::exit(code)
}
