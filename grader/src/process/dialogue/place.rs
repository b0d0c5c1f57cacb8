//! Where a process waits for what it is told, seen from outside in `/proc`.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};

/// Where a thread is in the system: the call, its stack, and its instruction.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    stack: String,
    instruction: String,
}

/// Where the first thread of a process waits for what it is told, as soon as it does. It has waited at `start` before, if
/// that is known. `None` if the process has ended, goes on without waiting, or if the system does not show where it is.
pub(super) fn waiting_place(channel: &UnixStream, process: u32, start: Option<&Place>) -> Option<Place> {
    let mut asleep = 0_u32;
    let mut pause = FIRST_PAUSE;
    loop {
        match Seen::of(process) {
            Seen::Reading(place) => return Some(place),
            Seen::Hidden => return None,
            // On its way to where it waits a thread runs. That another one sleeps for so long, nothing explains but code
            // that asks in its place.
            Seen::Asleep(place) if asleep > MOST_LOOKS_ASLEEP && start.is_some() => return Some(place),
            Seen::Asleep(_) => asleep += 1,
            Seen::Running => {}
        }
        let mut fds = [PollFd::new(channel.as_fd(), PollFlags::POLLIN)];
        // Unless there is something to be read: an answer, or the end.
        match ppoll(&mut fds, Some(pause.into()), None) {
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) | Err(_) => return None,
        }
        pause = LONGEST_PAUSE.min(2 * pause);
    }
}

/// A thread that has asked is on its way to where it waits.
const FIRST_PAUSE: Duration = Duration::from_micros(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

/// So many looks, nearly all of them with the longest pause before the next.
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
    fn of(process: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{process}/syscall"));
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
