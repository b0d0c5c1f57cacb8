//! One execution: its threads, its objects, and every step.

use core::fmt;
use std::borrow::Cow;

use crate::{AtomicType, Blocker, Operation};

/// Defines a number of something.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the list that it counts in.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

number! {
    /// A thread of an execution: its position in [`Execution::threads`]. The test's own is 0.
    ThreadId
}
number! {
    /// An object of an execution: its position in [`Execution::objects`].
    ObjectId
}
number! {
    /// A step of an execution: its position in [`Execution::steps`], from 0.
    StepId
}

/// Everything that is known about one execution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Execution {
    /// The choices that lead to it, as text. Empty if they are not known.
    pub schedule: String,
    /// The threads, in the order in which they were started.
    pub threads: Vec<Thread>,
    /// The objects, in the order of their first use.
    pub objects: Vec<Object>,
    /// Every step, in order.
    pub steps: Vec<Step>,
    /// What the first panics say, in order. Of an execution that panics over and over, the later ones are left out.
    pub panics: Vec<PanicMessage>,
    /// The threads that had not finished at the end, in the order in which they were started. In an execution
    /// that fails other than by a deadlock, the thread that fails is not among them.
    pub waiting: Vec<Waiting>,
}

/// What a panic says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct PanicMessage {
    /// The step in which a thread panics: an [`Operation::Panic`].
    pub step: StepId,
    /// Its message, or the beginning of a long one.
    pub message: String,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Thread {
    /// A name that no other thread of the execution has: the one that the program gave it, with a number where
    /// several have the same, as `reader 1` and `reader 2`; or `main`, `T1`, `T2`, ….
    pub name: String,
}

/// Something that threads synchronise with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its number among the objects of its kind, from 1, in the order of their first use.
    pub number: u32,
    /// The call that made it.
    pub created: Place,
}

impl fmt::Display for Object {
    /// Its kind and number, as in `Mutex #1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.kind.as_str(), self.number)
    }
}

/// What kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(missing_docs, reason = "the names are those of the types in `std::sync`")]
pub enum ObjectKind {
    Mutex,
    RwLock,
    Condvar,
    Barrier,
    /// Also what is inside of a `OnceLock` and a `LazyLock`.
    Once,
    Channel,
    Atomic(AtomicType),
}

impl ObjectKind {
    /// The name of the type in a program.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectKind::Mutex => "Mutex",
            ObjectKind::RwLock => "RwLock",
            ObjectKind::Condvar => "Condvar",
            ObjectKind::Barrier => "Barrier",
            ObjectKind::Once => "Once",
            ObjectKind::Channel => "channel",
            ObjectKind::Atomic(atomic) => atomic.as_str(),
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Step {
    /// Who took it.
    pub thread: ThreadId,
    /// What it did.
    pub operation: Operation,
    /// Where the call is.
    pub place: Place,
}

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Place {
    /// The file, as rustc knows it.
    pub file: Cow<'static, str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1. Of a method call, that of the method's name.
    pub column: u32,
}

impl From<&'static core::panic::Location<'static>> for Place {
    fn from(location: &'static core::panic::Location<'static>) -> Self {
        Place { file: Cow::Borrowed(location.file()), line: location.line(), column: location.column() }
    }
}

impl fmt::Display for Place {
    /// As in `src/lib.rs:12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A thread that had not finished when the execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Waiting {
    /// The thread.
    pub thread: ThreadId,
    /// What it waits for.
    pub wait: Wait,
    /// Where the call is in which it waits.
    pub place: Place,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields))]
pub enum Wait {
    /// For nothing: it could go on.
    Ready,
    /// For its time to come, in a `sleep`.
    Sleep,
    /// For a lock, alone.
    Lock {
        /// The mutex; the `RwLock`, by a writer.
        lock: ObjectId,
    },
    /// For a lock, with other readers.
    Read {
        /// The `RwLock`.
        lock: ObjectId,
    },
    /// For a lock, with other readers, behind a writer that waits for it already.
    ReadBehind {
        /// The `RwLock`.
        lock: ObjectId,
    },
    /// For a notification.
    Notification {
        /// The condition variable.
        condvar: ObjectId,
    },
    /// For others to arrive.
    Barrier {
        /// The barrier.
        barrier: ObjectId,
    },
    /// For an initialisation.
    Initialisation {
        /// What is initialised.
        once: ObjectId,
    },
    /// For the end of a thread.
    Join {
        /// The thread.
        thread: ThreadId,
    },
    /// For a token.
    Park,
    /// For a message.
    Receive {
        /// The channel.
        channel: ObjectId,
    },
    /// For room in a channel.
    Send {
        /// The channel.
        channel: ObjectId,
    },
    /// For a receiver to take the message, at a rendezvous.
    Rendezvous {
        /// The channel.
        channel: ObjectId,
    },
}

impl Wait {
    /// What it waits for, if that is an object or a thread.
    #[must_use]
    pub fn blocker(self) -> Option<Blocker> {
        match self {
            Wait::Ready | Wait::Sleep | Wait::Park => None,
            Wait::Join { thread } => Some(Blocker::Thread(thread)),
            Wait::Lock { lock: object }
            | Wait::Read { lock: object }
            | Wait::ReadBehind { lock: object }
            | Wait::Notification { condvar: object }
            | Wait::Barrier { barrier: object }
            | Wait::Initialisation { once: object }
            | Wait::Receive { channel: object }
            | Wait::Send { channel: object }
            | Wait::Rendezvous { channel: object } => Some(Blocker::Object(object)),
        }
    }
}

impl Waiting {
    /// The lock that it waits for, if it waits for one.
    #[must_use]
    pub fn lock(&self) -> Option<ObjectId> {
        match self.wait {
            Wait::Lock { lock } | Wait::Read { lock } | Wait::ReadBehind { lock } => Some(lock),
            Wait::Ready
            | Wait::Sleep
            | Wait::Notification { .. }
            | Wait::Barrier { .. }
            | Wait::Initialisation { .. }
            | Wait::Join { .. }
            | Wait::Park
            | Wait::Receive { .. }
            | Wait::Send { .. }
            | Wait::Rendezvous { .. } => None,
        }
    }
}
