//! The objects of one execution: what every synchronisation primitive is, to the scheduler.

use core::panic::Location;
use core::time::Duration;
use real::vec::Vec;

use model_trace::{AtomicType, ObjectKind, Word};

use super::digest::Digest;
use super::id::{ObjectId, ThreadId};
use super::memory;
use super::state::State;
use super::view::View;

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
}

/// What kind of object, and its state.
#[derive(Debug)]
pub(crate) enum Kind {
    Mutex(Mutex),
    RwLock(RwLock),
    Condvar(Condvar),
    Barrier(Barrier),
    Once(Once),
    Channel(Channel),
    Atomic(Atomic),
}

/// Reads what a lock protects, which has to be of the type that it is for, while nobody writes.
pub(crate) type Reader = unsafe fn(*const u8) -> Word;

/// The state of a mutex.
#[derive(Debug, Default)]
pub(crate) struct Mutex {
    pub(crate) holder: Option<ThreadId>,
    pub(crate) poisoned: bool,
    /// `None`: the data are no primitive value.
    pub(crate) reader: Option<Reader>,
}

/// The state of a reader-writer lock.
#[derive(Debug, Default)]
pub(crate) struct RwLock {
    pub(crate) writer: Option<ThreadId>,
    pub(crate) readers: Vec<ThreadId>,
    pub(crate) poisoned: bool,
    /// What the readers had seen when they left: the next writer sees it.
    pub(crate) read_view: View,
    /// `None`: the data are no primitive value.
    pub(crate) reader: Option<Reader>,
}

impl RwLock {
    /// Whether another reader may come.
    pub(crate) fn admits_reader(&self) -> bool {
        self.writer.is_none()
    }

    /// Whether a writer may come.
    pub(crate) fn admits_writer(&self) -> bool {
        self.writer.is_none() && self.readers.is_empty()
    }
}

/// The state of a condition variable.
#[derive(Debug, Default)]
pub(crate) struct Condvar {
    pub(crate) waiters: Vec<ThreadId>,
}

/// The state of a barrier.
#[derive(Debug, Default)]
pub(crate) struct Barrier {
    pub(crate) arrived: usize,
    /// How often all have arrived.
    pub(crate) generation: u64,
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
    /// When the receiver gave up last: it found no message by then.
    pub(crate) given_up: Duration,
}

impl Channel {
    /// A channel with one sender and its receiver.
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        Channel {
            messages: 0,
            received: 0,
            sent: 0,
            capacity,
            senders: 1,
            receiver: true,
            receiver_waits: false,
            given_up: Duration::ZERO,
        }
    }

    /// Whether a sender finds it full. A rendezvous never is: its sender waits afterwards.
    pub(crate) fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| capacity > 0 && self.messages >= capacity)
    }

    /// Whether a message can go in at once.
    pub(crate) fn has_room(&self) -> bool {
        match self.capacity {
            Some(0) => self.receiver_waits && self.messages == 0,
            Some(_) | None => !self.is_full(),
        }
    }
}

/// The state of an atomic.
#[derive(Debug)]
pub(crate) struct Atomic {
    pub(crate) memory: memory::Atomic,
    pub(crate) atomic_type: AtomicType,
    /// Where it was at its last access.
    pub(crate) address: usize,
}

impl Kind {
    /// The same without its state.
    pub(crate) fn object_kind(&self) -> ObjectKind {
        match self {
            Kind::Mutex(_) => ObjectKind::Mutex,
            Kind::RwLock(_) => ObjectKind::RwLock,
            Kind::Condvar(_) => ObjectKind::Condvar,
            Kind::Barrier(_) => ObjectKind::Barrier,
            Kind::Once(_) => ObjectKind::Once,
            Kind::Channel(_) => ObjectKind::Channel,
            Kind::Atomic(atomic) => ObjectKind::Atomic(atomic.atomic_type),
        }
    }

    /// Whether whoever waits for it waits until the time of whoever lets it go on. Who waits for a lock is late.
    pub(crate) fn takes_time(&self) -> bool {
        match self {
            Kind::Barrier(_) | Kind::Once(_) | Kind::Channel(_) => true,
            // A notified waiter gets the time of its notification.
            Kind::Mutex(_) | Kind::RwLock(_) | Kind::Condvar(_) | Kind::Atomic(_) => false,
        }
    }
}

/// Defines access to the state of objects of one kind, for who knows what kind an object has.
macro_rules! states {
    ($($kind:ident: $get:ident $($get_mut:ident)?,)*) => {
        impl State {
            $(
                #[inline]
                pub(crate) fn $get(&self, id: ObjectId) -> &$kind {
                    match &self.execution.object(id).kind {
                        Kind::$kind(state) => state,
                        other => wrong_kind(other, stringify!($kind)),
                    }
                }

                $(#[inline]
                pub(crate) fn $get_mut(&mut self, id: ObjectId) -> &mut $kind {
                    match &mut self.execution.object_mut(id).kind {
                        Kind::$kind(state) => state,
                        other => wrong_kind(other, stringify!($kind)),
                    }
                })?
            )*
        }
    };
}

states! {
    Mutex: mutex mutex_mut,
    RwLock: rwlock rwlock_mut,
    Condvar: condvar condvar_mut,
    Barrier: barrier barrier_mut,
    Once: once once_mut,
    Channel: channel channel_mut,
    // Stores and updates belong to the memory model: `atomics` alone makes them.
    Atomic: atomic,
}

#[cold]
fn wrong_kind(kind: &Kind, wanted: &str) -> ! {
    unreachable!("a {} is used as a {wanted}", kind.object_kind().as_str())
}
