//! A state of the reference machine, and what is enabled in it.

use super::code::{Code, ONCE, ONCE_COUNT};
use super::program::{CELLS, CONDVARS, Channel, LOCKS, Program};

/// How many waits may end, and weak exchanges fail, spuriously in one execution, as in the default search.
const SPURIOUS: u8 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub threads: Vec<Thread>,
    pub cells: [u32; CELLS],
    pub locks: [Lock; LOCKS],
    /// Who waits, by a bit for each thread.
    pub condvars: [u8; CONDVARS],
    pub data: ReadWrite,
    pub channel: Messages,
    pub arrived: u8,
    pub generation: u8,
    /// The `Once`, and the two of `LazyLock`.
    pub initialisations: [Progress; ONCE_COUNT],
    pub value: Progress,
    /// What the `OnceLock` holds.
    pub initialised: u32,
    pub spurious: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    pub next: usize,
    pub life: Life,
    pub panicking: bool,
    /// A notification has chosen it.
    pub notified: bool,
    /// Its last wait ended because its time was up.
    pub timed_out: bool,
    /// The last lock that it took was poisoned.
    pub poisoned: bool,
    /// It has done something since it began to initialise.
    pub acted: bool,
    /// It was the one that set the value.
    pub set: bool,
    /// The token of `unpark`.
    pub token: bool,
    /// It waits until writers have had their turn.
    pub behind_writers: bool,
    pub has_sender: bool,
    pub has_receiver: bool,
    /// The message of a rendezvous that it waits for.
    pub sends: Option<u8>,
    /// The generation of the barrier at which it arrived.
    pub generation: u8,
    /// Joined by the test's own thread.
    pub joined: bool,
    pub notes: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Life {
    NotSpawned,
    Running,
    Finished { panicked: bool },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lock {
    pub holder: Option<u8>,
    pub poisoned: bool,
    pub data: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadWrite {
    pub writer: Option<u8>,
    pub readers: u8,
    pub poisoned: bool,
    pub data: u32,
}

/// How far a one-time initialisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    Incomplete,
    Running(u8),
    Poisoned,
    Complete,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Messages {
    pub queue: Vec<(u8, u32)>,
    pub sent: u8,
    pub senders: u8,
    pub receiver: bool,
    /// The receiver waits for a message, and no sender has met it.
    pub waits: bool,
}

/// What the explorer takes for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// When a program looks at locks or threads without waiting for them: releasing a lock and ending a thread are
    /// steps.
    Fine,
    /// Otherwise.
    Coarse,
}

/// The machine: a program, its instructions, and its steps.
pub struct Machine<'a> {
    pub program: &'a Program,
    pub code: Vec<Vec<Code>>,
    pub grain: Grain,
    /// Whether every instruction is a step, whatever the grain, and does what std does.
    pub finest: bool,
}

impl Machine<'_> {
    pub fn start(&self) -> State {
        let count = self.program.threads.len();
        let main = self.program.main();
        let thread = |thread: usize| Thread {
            next: 0,
            life: if thread == main { Life::Running } else { Life::NotSpawned },
            panicking: false,
            notified: false,
            timed_out: false,
            poisoned: false,
            acted: false,
            set: false,
            token: false,
            behind_writers: false,
            has_sender: self.program.has_sender(thread),
            has_receiver: self.program.has_receiver(thread),
            sends: None,
            generation: 0,
            joined: false,
            notes: Vec::new(),
        };
        let senders = (0..count).filter(|&thread| self.program.has_sender(thread)).count();
        let channel =
            Messages { queue: Vec::new(), sent: 0, senders: senders as u8, receiver: true, waits: false };
        State {
            threads: (0..count).map(thread).collect(),
            cells: [0; CELLS],
            locks: [Lock::default(); LOCKS],
            condvars: [0; CONDVARS],
            data: ReadWrite::default(),
            channel,
            arrived: 0,
            generation: 0,
            initialisations: [Progress::Incomplete; ONCE_COUNT],
            value: Progress::Incomplete,
            initialised: 0,
            spurious: SPURIOUS,
        }
    }

    pub fn next(&self, state: &State, thread: usize) -> Code {
        self.code[thread][state.threads[thread].next]
    }

    /// Whether a thread has what its next instruction needs.
    pub fn is_enabled(&self, state: &State, thread: usize) -> bool {
        let me = &state.threads[thread];
        if me.life != Life::Running {
            return false;
        }
        match self.next(state, thread) {
            Code::Lock(lock) => state.locks[lock].holder.is_none(),
            Code::Relock => state.locks[0].holder.is_none(),
            Code::Waiting { .. } => me.notified && state.locks[0].holder.is_none(),
            Code::Read if me.behind_writers => state.data.writer.is_none() && !self.writers_wait(state),
            Code::Read => state.data.writer.is_none(),
            Code::Write => state.data.writer.is_none() && state.data.readers == 0,
            Code::Park { .. } => me.token,
            Code::Send(_) => {
                self.program.channel != Channel::Bounded
                    || !me.has_sender
                    || !state.channel.receiver
                    || state.channel.queue.is_empty()
            }
            Code::Sent => match me.sends {
                Some(number) => {
                    let queued = state.channel.queue.iter().any(|&(queued, _)| queued == number);
                    !queued || !state.channel.receiver
                }
                None => true,
            },
            Code::Received { .. } => {
                !me.has_receiver || !state.channel.queue.is_empty() || state.channel.senders == 0
            }
            Code::Pass => me.generation != state.generation,
            Code::CallOnce { once, .. } => !matches!(state.initialisations[once], Progress::Running(_)),
            Code::AwaitOnce { force, .. } => match state.initialisations[ONCE] {
                Progress::Complete => true,
                Progress::Poisoned => !force,
                Progress::Incomplete | Progress::Running(_) => false,
            },
            Code::GetOrInit { .. } => !matches!(state.value, Progress::Running(_)),
            Code::WaitForValue => state.value == Progress::Complete,
            Code::Join(other) | Code::AwaitEnd(other) => {
                state.threads[other].joined || matches!(state.threads[other].life, Life::Finished { .. })
            }
            // It is never granted: its time is up at some point.
            Code::Sleep => false,
            _ => true,
        }
    }

    /// Whether a writer waits for readers to leave.
    pub fn writers_wait(&self, state: &State) -> bool {
        (0..state.threads.len()).any(|thread| {
            state.threads[thread].life == Life::Running
                && self.next(state, thread) == Code::Write
                && !self.is_enabled(state, thread)
        })
    }

    /// Whether a thread's time may be up now. A waiter that was notified may still find that its time was up.
    pub fn can_time_out(&self, state: &State, thread: usize) -> bool {
        if state.threads[thread].life != Life::Running {
            return false;
        }
        match self.next(state, thread) {
            Code::Sleep | Code::Waiting { timed: true, .. } => true,
            Code::Park { timed: true } | Code::Received { timed: true } => !self.is_enabled(state, thread),
            _ => false,
        }
    }

    /// Whether a thread's wait may end spuriously.
    pub fn can_wake_spuriously(&self, state: &State, thread: usize) -> bool {
        let me = &state.threads[thread];
        if me.life != Life::Running || state.spurious == 0 {
            return false;
        }
        match self.next(state, thread) {
            Code::Waiting { .. } => !me.notified,
            Code::Park { .. } => !me.token,
            _ => false,
        }
    }

    /// Whether the next instruction is nothing that another thread could see.
    pub fn is_local(&self, state: &State, thread: usize) -> bool {
        let me = &state.threads[thread];
        match self.next(state, thread) {
            Code::Note(_)
            | Code::NoteData { .. }
            | Code::NoteTimedOut
            | Code::NoteValue { .. }
            | Code::IfAtLeast(..)
            | Code::IfPoisoned(..)
            | Code::Jump(_)
            | Code::Panic
            | Code::Caught
            | Code::Died
            | Code::EndScope => true,
            Code::Sent => me.sends.is_none(),
            Code::Pass => me.generation == u8::MAX,
            Code::Send(_) | Code::TrySend(_) | Code::DropSender => !me.has_sender,
            Code::TryReceive | Code::DropReceiver | Code::Received { .. } => !me.has_receiver,
            Code::Receive { .. } => !me.has_receiver || self.program.channel != Channel::Rendezvous,
            Code::IsFinished(other) | Code::Join(other) | Code::AwaitEnd(other) => {
                state.threads[other].joined
            }
            _ => false,
        }
    }

    /// Whether the next instruction belongs to the step before.
    pub fn is_part_of_the_step(&self, state: &State, thread: usize) -> bool {
        if self.is_local(state, thread) {
            return true;
        }
        match self.next(state, thread) {
            _ if self.finest => false,
            // Others cannot tell that it has begun.
            Code::EndOnce(_) | Code::EndInit(_) => !state.threads[thread].acted,
            Code::Unlock(_) | Code::EndRead | Code::EndWrite | Code::End => self.grain == Grain::Coarse,
            Code::Spawn(_) => true,
            // To join a thread that has ended is no step.
            Code::Join(_) | Code::AwaitEnd(_) => self.is_enabled(state, thread),
            _ => false,
        }
    }
}
