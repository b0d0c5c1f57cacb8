//! What is said to a check's process, and when.
//!
//! `model_trace::wire` has the words. A process asks for the request, and for the seal where its check has passed. Both
//! times its first thread waits for the answer at the same place of the harness, which shows from outside, in `/proc`:
//! code that was called by the check waits deeper in the stack. Where the system does not show it, nothing is compared.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use model_trace::wire::{READY, RETURNED};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::Pid;

use super::capture::{Captured, DRAIN_TIMEOUT, drain};

/// What a process is told.
#[derive(Debug, Clone)]
pub(crate) struct Dialogue {
    /// A line.
    pub request: String,
    /// A line for a process whose check has returned. `None`: there is nothing to say.
    pub seal: Option<String>,
}

/// What a process said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub answer: Captured,
    pub claim: Claim,
}

/// Whether a process has asked for the seal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Claim {
    #[default]
    None,
    /// From where it had asked for the request, as far as that can be seen.
    FromTheHarness,
    /// From another place. It was given nothing.
    FromElsewhere,
}

/// A dialogue that goes on.
pub(super) struct Dialogues(Receiver<Said>);

impl Dialogues {
    /// With nobody.
    pub(super) fn none() -> Self {
        Self(mpsc::channel().1)
    }

    /// With the process `pid` at the other end of `socket`, and keeps `limit` bytes of its answer.
    pub(super) fn start(socket: UnixStream, pid: Pid, dialogue: Dialogue, limit: usize) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // The receiver may have given up on a socket that outlived its child.
            let _ = sender.send(hold(&socket, pid, &dialogue, limit));
        });
        Self(receiver)
    }

    /// What was said, once the child has ended.
    pub(super) fn collect(&self) -> Said {
        self.0.recv_timeout(DRAIN_TIMEOUT).unwrap_or_default()
    }
}

fn hold(socket: &UnixStream, pid: Pid, dialogue: &Dialogue, limit: usize) -> Said {
    let mut reader = BufReader::new(socket);
    let (mut claim, mut start) = (Claim::None, None);
    let mut line = next_line(&mut reader, limit);
    if line == READY.as_bytes() {
        start = waiting_place(socket, pid, None);
        tell(socket, &dialogue.request);
        line = next_line(&mut reader, limit);
    }
    if line == RETURNED.as_bytes() {
        let asked = start.as_ref().map(|start| (start, waiting_place(socket, pid, Some(start))));
        claim = match asked {
            Some((start, Some(place))) if *start != place => Claim::FromElsewhere,
            None | Some((_, Some(_))) => Claim::FromTheHarness,
            // It has ended, or goes on without an answer.
            Some((_, None)) => Claim::None,
        };
        if let (Claim::FromTheHarness, Some(seal)) = (claim, &dialogue.seal) {
            tell(socket, seal);
        }
        line.clear();
    }
    // Whoever still waits for something waits in vain.
    let _ = socket.shutdown(Shutdown::Write);
    Said { answer: drain(line.as_slice().chain(reader), limit, None), claim }
}

/// A line, up to a length.
fn next_line(reader: &mut impl BufRead, limit: usize) -> Vec<u8> {
    let mut line = Vec::new();
    // What ends in an error ends here: the rest is read as well, and comes to the same.
    let _ = reader.take(limit as u64).read_until(b'\n', &mut line);
    line
}

fn tell(mut socket: &UnixStream, line: &str) {
    // A child that ends before it has read everything is judged by its end, not by this error.
    let _ = socket.write_all(line.as_bytes());
}

/// Where a thread is in the system: the call, its stack, and its instruction.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    stack: String,
    instruction: String,
}

/// Where the first thread of a process waits for what it is told, as soon as it does. It has waited at `start` before, if
/// that is known. `None` if the process has ended, goes on without waiting, or if the system does not show where it is.
fn waiting_place(socket: &UnixStream, pid: Pid, start: Option<&Place>) -> Option<Place> {
    let mut asleep = 0_u32;
    loop {
        match Seen::of(pid) {
            Seen::Reading(place) => return Some(place),
            Seen::Hidden => return None,
            // On its way to where it waits a thread runs. That another one sleeps for so long, nothing explains but code
            // that asks in its place.
            Seen::Asleep(place) if asleep > MOST_LOOKS_ASLEEP && start.is_some() => return Some(place),
            Seen::Asleep(_) => asleep += 1,
            Seen::Running => {}
        }
        let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
        // One millisecond, unless there is something to be read: an answer, or the end.
        match poll(&mut fds, PollTimeout::from(1_u8)) {
            Ok(0) | Err(nix::errno::Errno::EINTR) => {}
            Ok(_) | Err(_) => return None,
        }
    }
}

/// So many looks, a millisecond apart at least.
const MOST_LOOKS_ASLEEP: u32 = 10_000;

enum Seen {
    /// The first thread waits in the call that reads.
    Reading(Place),
    /// It waits in another call.
    Asleep(Place),
    Running,
    /// The system does not say, or there is no such process any more.
    Hidden,
}

impl Seen {
    fn of(pid: Pid) -> Self {
        let text = fs::read_to_string(format!("/proc/{pid}/syscall"));
        text.map_or(Self::Hidden, |text| Self::read(&text))
    }

    /// Reads a line of `/proc/…/syscall`: the call's number and its arguments, the stack, and the instruction.
    fn read(line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["running"] => Self::Running,
            [call, .., stack, instruction] if *stack != "0x0" => {
                let place = Place { stack: (*stack).to_owned(), instruction: (*instruction).to_owned() };
                if *call == READ { Self::Reading(place) } else { Self::Asleep(place) }
            }
            _ => Self::Hidden,
        }
    }
}

/// The number of the call that reads.
#[cfg(target_arch = "aarch64")]
const READ: &str = "63";
#[cfg(not(target_arch = "aarch64"))]
const READ: &str = "0";

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: &str) -> Option<Place> {
        match Seen::read(line) {
            Seen::Reading(place) => Some(place),
            Seen::Asleep(_) | Seen::Running | Seen::Hidden => None,
        }
    }

    #[test]
    fn a_thread_that_reads_shows_its_stack_and_its_instruction() {
        let line = |stack: &str| format!("{READ} 0x3 0x7ff 0x1000 0x0 0x0 0x0 {stack} 0x7fbb\n");
        let expected = Place { stack: "0x7ffc".to_owned(), instruction: "0x7fbb".to_owned() };
        assert_eq!(place(&line("0x7ffc")), Some(expected));
        assert_ne!(place(&line("0x7ffc")), place(&line("0x7ff8")));
        for other in ["running", "", "-1 0x0 0x0", "202 0x1 0x0 0x0 0x0 0x0 0x0 0x7ffc 0x7fbb"] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
