//! The objects of one execution: what every synchronisation primitive is, to the scheduler.

use real::vec::Vec;

use core::panic::Location;
use core::time::Duration;

use model_trace::{AtomicType, ObjectKind};
pub(crate) use model_trace::{ObjectId, ThreadId};

use super::digest::Digest;
use super::memory::{Atomic, View};

/// One object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    /// Where the program made it.
    pub(crate) created: &'static Location<'static>,
    /// The history of the changes to it.
    pub(crate) digest: Digest,
    /// What a thread that acquires it gets to see.
    pub(crate) view: View,
    /// The latest time of those who released it, where waiting for it takes time.
    pub(crate) time: Duration,
}

/// What kind of object, and its state.
#[derive(Debug)]
pub(crate) enum Kind {
    Mutex { holder: Option<ThreadId>, poisoned: bool },
    RwLock { writer: Option<ThreadId>, readers: Vec<ThreadId>, poisoned: bool, read_view: View },
    Condvar { waiters: Vec<ThreadId> },
    Barrier { arrived: usize, generation: u64 },
    Once(Once),
    Channel(Channel),
    Atomic { state: Atomic, atomic_type: AtomicType },
}

/// How far a one-time initialisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    Incomplete,
    Running(ThreadId),
    Poisoned,
    Complete,
}

/// The state of a channel that decides who must wait. The messages themselves are with the channel.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) messages: usize,
    /// Messages that receivers have taken so far: a rendezvous sender waits for its own.
    pub(crate) received: u64,
    pub(crate) sent: u64,
    /// `None`: unbounded. `Some(0)`: a rendezvous.
    pub(crate) capacity: Option<usize>,
    pub(crate) senders: usize,
    pub(crate) receiver: bool,
    /// Whether the receiver is waiting right now: a rendezvous `try_send` needs that.
    pub(crate) receiver_waits: bool,
}

impl Kind {
    /// The same without its state.
    pub(crate) fn object_kind(&self) -> ObjectKind {
        match self {
            Kind::Mutex { .. } => ObjectKind::Mutex,
            Kind::RwLock { .. } => ObjectKind::RwLock,
            Kind::Condvar { .. } => ObjectKind::Condvar,
            Kind::Barrier { .. } => ObjectKind::Barrier,
            Kind::Once(_) => ObjectKind::Once,
            Kind::Channel(_) => ObjectKind::Channel,
            Kind::Atomic { atomic_type, .. } => ObjectKind::Atomic(*atomic_type),
        }
    }

    /// The name of the type in a program.
    pub(crate) fn type_name(&self) -> &'static str {
        self.object_kind().as_str()
    }
}
