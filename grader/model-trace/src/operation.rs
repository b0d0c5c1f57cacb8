//! What a step does.

use core::time::Duration;

use crate::{Content, ObjectId, Order, Reads, StepId, ThreadId, Word};

/// What a thread did in one step, with its operands and its result.
///
/// The variants are what the model distinguishes, not the functions of `std`: `Once`, `OnceLock` and
/// `LazyLock` are all initialised, and a guard that is dropped releases its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields))]
pub enum Operation {
    // ---- scheduling
    /// The search suspends the thread, although it could have gone on.
    Preempted,
    /// Time passes before the thread's next step, although it could have gone on: the thread is slow.
    Delayed {
        /// How much.
        by: Duration,
    },
    /// `yield_now`, or a hint in a spin loop.
    Yield,
    /// The thread cannot go on: it begins to wait for something that another thread has to do.
    Block {
        /// What it waits for.
        on: Blocker,
    },
    /// A timed wait ends because its timeout has elapsed.
    TimedOut {
        /// The condition variable or channel. `None`: the thread was parked.
        object: Option<ObjectId>,
    },
    /// A wait ends without a reason, as `std` allows.
    SpuriousWakeup {
        /// The condition variable. `None`: the thread was parked.
        object: Option<ObjectId>,
    },
    /// The thread panics, and begins to unwind.
    Panic,

    // ---- threads
    /// Starts a thread.
    Spawn {
        /// The new thread.
        thread: ThreadId,
    },
    /// Has waited for a thread to finish.
    Join {
        /// The thread that has finished.
        thread: ThreadId,
    },
    /// `is_finished`.
    IsFinished {
        /// The thread that is asked about.
        thread: ThreadId,
        /// The answer.
        finished: bool,
    },
    /// `park` or `park_timeout`.
    Park {
        /// The timeout, if there is one.
        timeout: Option<Duration>,
    },
    /// `park` returns because of a token.
    Unparked,
    /// `unpark`.
    Unpark {
        /// The thread that gets the token.
        thread: ThreadId,
    },

    // ---- time
    /// `sleep`.
    Sleep {
        /// For how long.
        duration: Duration,
    },
    /// `Instant::now`.
    Now {
        /// The time since the execution began.
        time: Duration,
    },

    // ---- Mutex and RwLock
    /// Has acquired a lock.
    Acquire {
        /// The lock.
        lock: ObjectId,
        /// By which call.
        call: AcquireCall,
        /// The data behind it, if they are a primitive value.
        content: Option<Word>,
        /// Whether the lock is poisoned, so that the call returns an error.
        poisoned: bool,
    },
    /// A `try_…` finds a lock held.
    WouldBlock {
        /// The lock.
        lock: ObjectId,
        /// By which call.
        call: AcquireCall,
    },
    /// Releases a lock.
    Release {
        /// The lock.
        lock: ObjectId,
        /// What is given up.
        call: ReleaseCall,
        /// What happened to the data in the meantime.
        content: Content,
        /// Whether this poisons the lock: its holder unwinds.
        poisons: bool,
    },
    /// A writer becomes a reader.
    Downgrade {
        /// The lock.
        lock: ObjectId,
        /// What happened to the data in the meantime.
        content: Content,
    },
    /// `is_poisoned`.
    IsPoisoned {
        /// The lock.
        lock: ObjectId,
        /// The answer.
        poisoned: bool,
    },
    /// `clear_poison`.
    ClearPoison {
        /// The lock.
        lock: ObjectId,
    },

    // ---- Condvar
    /// Begins to wait for a notification. The next step of the thread releases the mutex.
    Wait {
        /// The condition variable.
        condvar: ObjectId,
        /// The timeout, if there is one.
        timeout: Option<Duration>,
    },
    /// A wait ends because of a notification.
    Notified {
        /// The condition variable.
        condvar: ObjectId,
    },
    /// `notify_one`.
    NotifyOne {
        /// The condition variable.
        condvar: ObjectId,
        /// The waiter that it wakes. `None`: there is none.
        woken: Option<ThreadId>,
    },
    /// `notify_all`.
    NotifyAll {
        /// The condition variable.
        condvar: ObjectId,
        /// How many waiters it wakes.
        woken: u32,
    },

    // ---- Barrier
    /// Arrives at a barrier.
    Arrive {
        /// The barrier.
        barrier: ObjectId,
        /// Whether it is the last one, so that all go on.
        last: bool,
    },

    // ---- Once, OnceLock, LazyLock
    /// Begins an initialisation.
    Initialise {
        /// What is initialised.
        once: ObjectId,
    },
    /// An initialisation ends, by its return or by its panic.
    Initialised {
        /// What is initialised.
        once: ObjectId,
        /// It panicked.
        poisoned: bool,
    },
    /// Finds that the initialisation is complete.
    FindInitialised {
        /// What is initialised.
        once: ObjectId,
    },
    /// Finds that an earlier initialisation has panicked, and panics too.
    FindPoisoned {
        /// What was to be initialised.
        once: ObjectId,
    },
    /// `Once::is_completed`, or a `get` of a cell.
    IsCompleted {
        /// What is asked about.
        once: ObjectId,
        /// The answer.
        completed: bool,
    },

    // ---- channels
    /// `send` or `try_send`.
    Send {
        /// The channel.
        channel: ObjectId,
        /// By which call.
        call: SendCall,
        /// What came of it.
        result: Sent,
    },
    /// `recv`, `recv_timeout` or `try_recv`.
    Receive {
        /// The channel.
        channel: ObjectId,
        /// By which call.
        call: ReceiveCall,
        /// What came of it.
        result: Received,
    },

    // ---- atomics
    /// A load.
    Load {
        /// The atomic.
        atomic: ObjectId,
        /// What it read.
        value: Word,
        /// Its ordering.
        order: Order,
        /// Which store it read.
        reads: Reads,
    },
    /// A store.
    Store {
        /// The atomic.
        atomic: ObjectId,
        /// What it wrote.
        value: Word,
        /// Its ordering.
        order: Order,
        /// The step of the store that comes right after it in modification order, if that was executed earlier.
        before: Option<StepId>,
    },
    /// A read-modify-write that wrote. It comes right after the store that it read in modification order.
    Update {
        /// The atomic.
        atomic: ObjectId,
        /// By which call.
        call: UpdateCall,
        /// What it read.
        old: Word,
        /// What it wrote.
        new: Word,
        /// Its ordering.
        order: Order,
        /// The step of the store that comes right after it in modification order, if that was executed earlier.
        before: Option<StepId>,
    },
    /// A `compare_exchange` that wrote nothing.
    ExchangeFailed {
        /// The atomic.
        atomic: ObjectId,
        /// What it read.
        found: Word,
        /// Its ordering on failure.
        order: Order,
        /// Which store it read.
        reads: Reads,
        /// It read what it expected, and failed all the same, as a weak exchange may.
        spurious: bool,
    },
    /// A fence.
    Fence {
        /// Its ordering.
        order: Order,
    },
}

/// What a thread waits for when it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Blocker {
    /// A lock that is held, a channel that is empty or full, an initialisation that is running.
    Object(ObjectId),
    /// The end of a thread.
    Thread(ThreadId),
}

/// Defines an enum of calls, each with its name in a program.
macro_rules! calls {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        #[allow(missing_docs, reason = "each variant is the call of the same name")]
        pub enum $name { $($variant,)* }

        impl $name {
            /// The name of the call in a program.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

calls! {
    /// The calls that acquire a lock.
    AcquireCall {
        Lock = "lock",
        TryLock = "try_lock",
        Read = "read",
        TryRead = "try_read",
        Write = "write",
        TryWrite = "try_write",
    }
}

calls! {
    /// What is released: a `MutexGuard`, a read guard or a write guard is dropped.
    ReleaseCall {
        Unlock = "unlock",
        UnlockRead = "unlock_read",
        UnlockWrite = "unlock_write",
    }
}

calls! {
    /// The calls that send a message.
    SendCall {
        Send = "send",
        TrySend = "try_send",
    }
}

calls! {
    /// What comes of a call that sends.
    Sent {
        Sent = "sent",
        NoReceiver = "no receiver",
        Full = "full",
    }
}

calls! {
    /// The calls that receive a message.
    ReceiveCall {
        Recv = "recv",
        RecvTimeout = "recv_timeout",
        TryRecv = "try_recv",
    }
}

calls! {
    /// What comes of a call that receives.
    Received {
        Received = "received",
        NoSender = "no sender",
        Empty = "empty",
        TimedOut = "timed out",
    }
}

calls! {
    /// The read-modify-writes.
    UpdateCall {
        Swap = "swap",
        CompareExchange = "compare_exchange",
        FetchAdd = "fetch_add",
        FetchSub = "fetch_sub",
        FetchAnd = "fetch_and",
        FetchNand = "fetch_nand",
        FetchOr = "fetch_or",
        FetchXor = "fetch_xor",
        FetchNot = "fetch_not",
        FetchMax = "fetch_max",
        FetchMin = "fetch_min",
    }
}

impl AcquireCall {
    /// Whether others may hold the lock at the same time.
    #[must_use]
    pub fn is_shared(self) -> bool {
        match self {
            Self::Read | Self::TryRead => true,
            Self::Lock | Self::TryLock | Self::Write | Self::TryWrite => false,
        }
    }
}
