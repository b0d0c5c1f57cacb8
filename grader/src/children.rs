//! The children of the pipeline: at most so many at once, over all exercises and submissions, until the
//! work is interrupted. Each is an event when it has ended.

use crate::event::{CommandRun, Event, Listener};
use crate::interrupt::Interrupt;
use crate::process::{self, Finished, Job, Stdin};
use crate::sandbox::Sandbox;
use crate::slots::Slots;

pub(crate) struct Children<'a> {
    /// What each of them may do.
    pub sandbox: Sandbox,
    slots: Slots,
    interrupt: Interrupt,
    events: &'a dyn Listener,
}

/// When a child may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Once there is a core for it.
    WithSlot,
    /// At once: it sleeps nearly all of the time.
    AtOnce,
}

impl<'a> Children<'a> {
    /// At most `jobs` at once.
    pub(crate) fn new(jobs: usize, sandbox: Sandbox, interrupt: Interrupt, events: &'a dyn Listener) -> Self {
        Self { sandbox, slots: Slots::new(jobs), interrupt, events }
    }

    /// Runs `job` when its turn comes, and says through `begins` when that is.
    ///
    /// # Errors
    /// When the child cannot be started, or the work is interrupted.
    pub(crate) fn run(
        &self,
        job: Job,
        turn: Turn,
        begins: impl FnOnce(),
    ) -> Result<Finished, process::Error> {
        let slot = match turn {
            Turn::WithSlot => Some(self.slots.take()),
            Turn::AtOnce => None,
        };
        if self.interrupt.is_requested() {
            return Err(process::Error::Interrupted);
        }
        begins();
        let finished = process::run(&job, &self.interrupt)?;
        drop(slot);
        self.events.event(&Event::CommandRan(CommandRun {
            program: job.program,
            args: job.args,
            folder: job.folder,
            input: match job.stdin {
                Stdin::Empty => String::new(),
                Stdin::Dialogue(dialogue) => dialogue.request,
            },
            duration: finished.duration,
            cpu: finished.cpu,
        }));
        Ok(finished)
    }
}
