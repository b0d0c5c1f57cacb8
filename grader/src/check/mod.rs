//! One check: a process of its own, and what its report is worth.

mod protocol;
mod told;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Fault;
use crate::event::{CommandRun, Event, Listener};
use crate::process::{self, Job, Limits, Stdin};
use crate::replay::Replay;
use crate::report::Engine;
use crate::slots::Slots;
use crate::suite::Check;
pub(crate) use protocol::{Outcome, Request};

/// Bytes of each output that are kept, for the message on a crash.
const MAX_OUTPUT: usize = 64 * 1024;
/// Bytes of a report; the longest schedules take a tenth.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// How long a person may look around in a debugger.
const AT_THE_DEBUGGER: Duration = Duration::from_secs(24 * 60 * 60);

/// Any number, but always the same: a failure must come again.
const SEED: u64 = 0x1e7e_a7e5;

/// What is needed to run checks of one binary.
pub(crate) struct Runner<'a> {
    pub binary: &'a Path,
    pub engine: Engine,
    pub limit: Duration,
    /// One schedule to run instead of a search.
    pub replay: Option<&'a Replay>,
    pub slots: &'a Slots,
    pub events: &'a dyn Listener,
}

/// An outcome, and how long it took.
pub(crate) struct Ran {
    pub outcome: Outcome,
    pub duration: Duration,
}

impl Runner<'_> {
    /// Runs `check` in the empty folder `folder`.
    pub(crate) fn run(&self, check: &Check, folder: PathBuf) -> Result<Ran, Fault> {
        let debugger = self.replay.is_some_and(|replay| replay.debugger);
        let request = Request {
            nonce: nonce()?,
            check: check.name.clone(),
            engine: self.engine,
            preemptions: check.preemptions,
            executions: check.executions,
            seed: SEED,
            schedule: self.replay.map(|replay| replay.token.schedule.clone()),
            debugger,
        };
        let input = request.to_line();
        let job = Job {
            program: self.binary.to_owned(),
            args: Vec::new(),
            folder,
            env: Vec::new(),
            stdin: Stdin::Conversation(input.clone()),
            limits: Limits {
                wall: if debugger { AT_THE_DEBUGGER } else { self.limit },
                output: MAX_OUTPUT,
                answer: MAX_ANSWER,
            },
            shows_errors: debugger,
            // Under the model a deadlock is found in the model; the process itself never sleeps.
            watch_for_stall: self.engine == Engine::Stress,
        };
        let slot = (!check.sleeps).then(|| self.slots.take());
        let ended = process::run(&job).map_err(|source| Fault::io("run", self.binary, source))?;
        drop(slot);
        self.events.event(&Event::CommandRan(CommandRun {
            program: job.program,
            args: Vec::new(),
            folder: job.folder,
            input,
            duration: ended.duration,
        }));
        Ok(Ran { outcome: protocol::judge(&request, &ended), duration: ended.duration })
    }
}

/// A number that no submission can guess.
fn nonce() -> Result<String, Fault> {
    use std::io::Read;
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 16];
    std::fs::File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| Fault::io("read", source, error))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
