//! What is said to a check's process, and when.
//!
//! `model_trace::wire` has the words. A process asks for the request, and for the seal where its check has passed. Both
//! times its first thread waits for the answer at the same place of the harness, which shows from outside, in `/proc`:
//! code that was called by the check waits deeper in the stack. Where the system does not show it, nothing is compared.

#[cfg_attr(unix, path = "dialogue/place.rs")]
#[cfg_attr(not(unix), path = "dialogue/no_place.rs")]
mod place;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use model_trace::wire::{READY, RETURNED};

use super::capture::{Captured, DRAIN_TIMEOUT, Flood, drain};
use super::child::Channel;
use place::waiting_place;

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

    /// With a process at the other end of the channel that `connect` returns, as soon as it is there. Its answer is bounded
    /// by `flood`.
    pub(super) fn start(
        connect: impl FnOnce() -> Option<Channel> + Send + 'static,
        process: u32,
        dialogue: Dialogue,
        flood: Flood,
    ) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let said = connect().map(|channel| hold(&channel, process, &dialogue, &flood));
            // The receiver may have given up on a channel that outlived its child.
            let _ = sender.send(said.unwrap_or_default());
        });
        Self(receiver)
    }

    /// What was said, once the child has ended.
    pub(super) fn collect(&self) -> Said {
        self.0.recv_timeout(DRAIN_TIMEOUT).unwrap_or_default()
    }
}

fn hold(channel: &Channel, process: u32, dialogue: &Dialogue, flood: &Flood) -> Said {
    let limit = flood.limit;
    let mut reader = BufReader::new(channel);
    let (mut claim, mut start) = (Claim::None, None);
    let mut line = next_line(&mut reader, limit);
    if line == READY.as_bytes() {
        start = waiting_place(channel, process, None);
        tell(channel, &dialogue.request);
        line = next_line(&mut reader, limit);
    }
    if line == RETURNED.as_bytes() {
        let asked = start.as_ref().map(|start| (start, waiting_place(channel, process, Some(start))));
        claim = match asked {
            Some((start, Some(place))) if *start != place => Claim::FromElsewhere,
            None | Some((_, Some(_))) => Claim::FromTheHarness,
            // It has ended, or goes on without an answer.
            Some((_, None)) => Claim::None,
        };
        if let (Claim::FromTheHarness, Some(seal)) = (claim, &dialogue.seal) {
            tell(channel, seal);
        }
        line.clear();
    }
    // Whoever still waits for something waits in vain.
    let _ = channel.shutdown(Shutdown::Write);
    Said { answer: drain(line.as_slice().chain(reader), limit, Some(flood)), claim }
}

/// A line, up to a length.
fn next_line(reader: &mut impl BufRead, limit: usize) -> Vec<u8> {
    let mut line = Vec::new();
    // What ends in an error ends here: the rest is read as well, and comes to the same.
    let _ = reader.take(limit as u64).read_until(b'\n', &mut line);
    line
}

fn tell(mut channel: &Channel, line: &str) {
    // A child that ends before it has read everything is judged by its end, not by this error.
    let _ = channel.write_all(line.as_bytes());
}
