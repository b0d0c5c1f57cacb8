//! The threads of one execution: what each waits for, and whether it can go on.

use core::panic::Location;
use core::time::Duration;
use real::string::String;

use super::digest::Digest;
use super::memory::{ThreadView, View};
use super::object::{Kind, ObjectId, Once, ThreadId};
use super::state::State;

/// What a thread needs in order to take its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing.
    Nothing,
    /// Nothing, but it asks that others go first.
    Yield,
    /// That a mutex is free.
    Mutex(ObjectId),
    /// That nobody writes.
    Read(ObjectId),
    /// That nobody reads or writes.
    Write(ObjectId),
    /// A notification, and then that the mutex is free.
    Condvar { condvar: ObjectId, mutex: ObjectId },
    /// That everybody has arrived: the generation of the barrier has changed.
    Barrier { barrier: ObjectId, generation: u64 },
    /// That nobody runs the initialisation.
    Once(ObjectId),
    /// That the initialisation is complete.
    Completed(ObjectId),
    /// The end of a thread.
    Join(ThreadId),
    /// A token.
    Park,
    /// A message, or that there are no senders.
    Receive(ObjectId),
    /// Room for a message, or that there is no receiver.
    Send(ObjectId),
    /// That the message with this number is received, or that there is no receiver.
    Received { channel: ObjectId, number: u64 },
    /// Time alone.
    Sleep,
}

impl Wait {
    /// The object that a thread blocks on, in a step of its own. `None`: another step says so.
    pub(crate) fn object(self) -> Option<ObjectId> {
        match self {
            Wait::Mutex(id) | Wait::Read(id) | Wait::Write(id) | Wait::Once(id) | Wait::Completed(id) => {
                Some(id)
            }
            Wait::Receive(id) | Wait::Send(id) => Some(id),
            Wait::Received { channel, .. } => Some(channel),
            Wait::Barrier { .. } | Wait::Condvar { .. } | Wait::Join(_) | Wait::Park => None,
            Wait::Nothing | Wait::Yield | Wait::Sleep => None,
        }
    }
}

/// A thread's next step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) wait: Wait,
    /// The moment, on the virtual clock, at which a timed wait gives up.
    pub(crate) deadline: Option<Duration>,
    /// Whether the wait may end for no reason.
    pub(crate) spurious: bool,
    pub(crate) location: &'static Location<'static>,
}

impl Pending {
    /// A step that needs nothing.
    pub(crate) fn now(location: &'static Location<'static>) -> Self {
        Pending { wait: Wait::Nothing, deadline: None, spurious: false, location }
    }

    /// A step that needs something.
    pub(crate) fn until(wait: Wait, location: &'static Location<'static>) -> Self {
        Pending { wait, ..Pending::now(location) }
    }
}

/// Why a thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resumed {
    /// It has what it waited for.
    Granted,
    /// Its time is up.
    TimedOut,
    /// For no reason.
    Spurious,
}

/// Where a thread is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// It runs up to its first operation, which no other thread can see.
    Starting,
    Running,
    Finished,
}

/// One thread.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) life: Life,
    pub(crate) name: Option<String>,
    pub(crate) pending: Pending,
    pub(crate) resumed: Resumed,
    /// Everything that the thread has done and seen.
    pub(crate) digest: Digest,
    pub(crate) view: ThreadView,
    /// The thread's time: it passes while the thread waits.
    pub(crate) clock: Duration,
    /// The time at which a notification or a token came.
    pub(crate) woken: Duration,
    /// A notification has chosen this thread.
    pub(crate) notified: bool,
    /// The token of `unpark`, and what came with it.
    pub(crate) token: bool,
    pub(crate) token_view: View,
    pub(crate) token_digest: Digest,
    /// Whether it unwinds. `std::thread::panicking` is per OS thread, which all of them share.
    pub(crate) panicking: bool,
    /// How many `catch_unwind` it is in.
    pub(crate) catching: usize,
    /// How many it was in when it began to unwind.
    pub(crate) panicked_in: usize,
    /// How often it went on ahead of threads that could run, since one of them did: after a
    /// `yield_now`, or because a timed wait ended early.
    pub(crate) ahead: u8,
}

/// The limit for [`Thread::ahead`]. Without one, a loop of timed waits could run for ever while the
/// thread that it waits for is never chosen.
pub(crate) const AHEAD: u8 = 4;

impl Thread {
    pub(crate) fn new(
        name: Option<String>,
        view: ThreadView,
        digest: Digest,
        location: &'static Location<'static>,
    ) -> Self {
        Thread {
            life: Life::Starting,
            name,
            pending: Pending { wait: Wait::Nothing, deadline: None, spurious: false, location },
            resumed: Resumed::Granted,
            digest,
            view,
            clock: Duration::ZERO,
            woken: Duration::ZERO,
            notified: false,
            token: false,
            token_view: View::default(),
            token_digest: Digest::default(),
            panicking: false,
            catching: 0,
            panicked_in: 0,
            ahead: 0,
        }
    }
}

impl State {
    /// Whether a thread has what it waits for.
    pub(crate) fn is_granted(&self, thread: usize) -> bool {
        let Thread { life, pending, notified, token, .. } = &self.threads[thread];
        if *life != Life::Running {
            return false;
        }
        match pending.wait {
            Wait::Nothing | Wait::Yield => true,
            Wait::Mutex(mutex) => self.is_free(mutex),
            Wait::Read(lock) => match &self.object(lock).kind {
                Kind::RwLock { writer, .. } => writer.is_none(),
                _ => false,
            },
            Wait::Write(lock) => match &self.object(lock).kind {
                Kind::RwLock { writer, readers, .. } => writer.is_none() && readers.is_empty(),
                _ => false,
            },
            Wait::Condvar { mutex, .. } => *notified && self.is_free(mutex),
            Wait::Barrier { barrier, generation } => match self.object(barrier).kind {
                Kind::Barrier { generation: now, .. } => now != generation,
                _ => false,
            },
            Wait::Once(once) => !matches!(self.object(once).kind, Kind::Once(Once::Running(_))),
            Wait::Completed(once) => matches!(self.object(once).kind, Kind::Once(Once::Complete)),
            Wait::Join(other) => self.threads[other.index()].life == Life::Finished,
            Wait::Park => *token,
            Wait::Receive(channel) => match &self.object(channel).kind {
                Kind::Channel(channel) => channel.messages > 0 || channel.senders == 0,
                _ => false,
            },
            Wait::Send(channel) => match &self.object(channel).kind {
                Kind::Channel(channel) => {
                    !channel.receiver
                        || channel
                            .capacity
                            .is_none_or(|capacity| capacity == 0 || channel.messages < capacity)
                }
                _ => false,
            },
            Wait::Received { channel, number } => match &self.object(channel).kind {
                Kind::Channel(channel) => !channel.receiver || channel.received > number,
                _ => false,
            },
            Wait::Sleep => false,
        }
    }

    /// Whether a thread waits for something that a notification has already promised to it: it does not
    /// wake up for no reason any more.
    pub(crate) fn is_promised(&self, thread: usize) -> bool {
        let Thread { pending, notified, .. } = &self.threads[thread];
        matches!(pending.wait, Wait::Condvar { .. }) && *notified
    }

    fn is_free(&self, mutex: ObjectId) -> bool {
        matches!(self.object(mutex).kind, Kind::Mutex { holder: None, .. })
    }
}
