//! Programs over every primitive, with `SeqCst` atomics alone.

/// How many atomics, mutexes and condition variables a program has. Everything begins with 0.
pub const CELLS: usize = 2;
pub const LOCKS: usize = 2;
pub const CONDVARS: usize = 2;

/// What an initialiser of a `LazyLock` stores.
pub const LAZY: u32 = 9;

/// How many threads a barrier waits for.
pub const BARRIER: u8 = 2;

/// The words for results that are no value.
pub mod note {
    /// Added to what is found behind a poisoned lock.
    pub const POISONED: u32 = 1000;
    /// Added to what a failed exchange has found.
    pub const FAILED: u32 = 100;
    pub const WOULD_BLOCK: u32 = 99;
    pub const DISCONNECTED: u32 = 98;
    pub const FULL: u32 = 97;
    pub const EMPTY: u32 = 97;
    pub const TIMED_OUT: u32 = 96;
    pub const CALLED: u32 = 95;
    pub const CAUGHT: u32 = 94;
    pub const NOT_CAUGHT: u32 = 93;
    pub const JOINED: u32 = 92;
    pub const JOINED_PANIC: u32 = 91;
    pub const SCOPE_PANICKED: u32 = 90;
}

/// One operation. Each that learns something notes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    Load(usize),
    Store(usize, u32),
    Add(usize),
    Exchange {
        cell: usize,
        from: u32,
        to: u32,
        weak: bool,
    },

    /// Locks, notes the data, adds 1 to it, runs the block, and unlocks.
    Lock(usize, Block),
    TryLock(usize, Block),
    IsPoisoned(usize),
    ClearPoison(usize),
    /// These are inside of a `Lock(0, …)`.
    Wait(usize),
    WaitTimeout(usize),
    /// `wait_while` the data is less than this.
    WaitUntil(usize, u32),
    NotifyOne(usize),
    NotifyAll(usize),

    Read(Block),
    TryRead(Block),
    /// Like `Lock`.
    Write(Block),
    TryWrite(Block),
    /// Writes, downgrades between the blocks, and notes the data again.
    Downgrade(Block, Block),

    Park,
    ParkTimeout,
    /// Of a thread that was started before this one, or of the test's own.
    Unpark(usize),

    /// These do nothing in a thread that does not have that end of the channel, or not any more.
    Send(u32),
    TrySend(u32),
    DropSender,
    Receive,
    TryReceive,
    ReceiveTimeout,
    DropReceiver,

    Barrier,

    CallOnce(Block),
    CallOnceForce(Block),
    IsCompleted,
    /// `Once::wait`, or `wait_force`.
    WaitForOnce {
        force: bool,
    },
    /// Forces a `LazyLock`, whose initialiser stores [`LAZY`] to the cell 0. There is one that panics then.
    Force {
        panics: bool,
    },
    /// `LazyLock::get`, of the one that does not panic.
    IsForced,
    /// The initialiser runs the block and returns the value.
    GetOrInit(u32, Block),
    Set(u32),
    Get,
    WaitForValue,

    Yield,
    Sleep,
    /// Looks at the clock, which shows nothing that is earlier than what was seen before: by the thread itself, by those
    /// that it has joined, and under the mutex 0. Time that it has slept has passed.
    Now,
    /// These are the test's own thread's alone.
    IsFinished(usize),
    Join(usize),

    Panic,
    Catch(Block),
}

pub type Block = Vec<Operation>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    Unbounded,
    /// `sync_channel(1)`
    Bounded,
    /// `sync_channel(0)`
    Rendezvous,
}

/// The operations of each thread. The last one is the test's own: it starts the others in their order, runs its own
/// operations, and joins those that it has not joined.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    pub threads: Vec<Block>,
    pub channel: Channel,
    /// The thread that has the receiver. Of the others, those that send have a sender.
    pub receiver: usize,
    /// Whether the threads are started in a `thread::scope`, which joins them.
    pub scoped: bool,
}

impl Program {
    pub fn main(&self) -> usize {
        self.threads.len() - 1
    }

    /// Whether a thread has a sender at its start.
    pub fn has_sender(&self, thread: usize) -> bool {
        let sends = |operation: &Operation| {
            matches!(operation, Operation::Send(_) | Operation::TrySend(_) | Operation::DropSender)
        };
        thread != self.receiver && any(&self.threads[thread], &sends)
    }

    /// Whether a thread has the receiver at its start. Without any operation on the channel, there is none.
    pub fn has_receiver(&self, thread: usize) -> bool {
        thread == self.receiver && self.uses_channel()
    }

    pub fn uses_channel(&self) -> bool {
        let receives = |operation: &Operation| {
            matches!(
                operation,
                Operation::Receive
                    | Operation::TryReceive
                    | Operation::ReceiveTimeout
                    | Operation::DropReceiver
            )
        };
        (0..self.threads.len()).any(|thread| self.has_sender(thread))
            || any(&self.threads[self.receiver], &receives)
    }

    /// The same program with each operation replaced by others, from inside out.
    #[must_use]
    pub fn map(&self, with: impl Fn(Operation) -> Block) -> Program {
        let mut program = self.clone();
        for block in &mut program.threads {
            *block = map(block, &with);
        }
        program
    }
}

fn any(block: &[Operation], is: &impl Fn(&Operation) -> bool) -> bool {
    block.iter().any(|operation| is(operation) || operation.blocks().iter().any(|block| any(block, is)))
}

fn map(block: &[Operation], with: &impl Fn(Operation) -> Block) -> Block {
    let mut result = Vec::new();
    for operation in block {
        let mut operation = operation.clone();
        for inner in operation.blocks_mut() {
            *inner = map(inner, with);
        }
        result.extend(with(operation));
    }
    result
}

impl Operation {
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            Operation::Lock(_, block)
            | Operation::TryLock(_, block)
            | Operation::Read(block)
            | Operation::TryRead(block)
            | Operation::Write(block)
            | Operation::TryWrite(block)
            | Operation::CallOnce(block)
            | Operation::CallOnceForce(block)
            | Operation::GetOrInit(_, block)
            | Operation::Catch(block) => Vec::from([block]),
            Operation::Downgrade(first, second) => Vec::from([first, second]),
            _ => Vec::new(),
        }
    }

    pub fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Operation::Lock(_, block)
            | Operation::TryLock(_, block)
            | Operation::Read(block)
            | Operation::TryRead(block)
            | Operation::Write(block)
            | Operation::TryWrite(block)
            | Operation::CallOnce(block)
            | Operation::CallOnceForce(block)
            | Operation::GetOrInit(_, block)
            | Operation::Catch(block) => Vec::from([block]),
            Operation::Downgrade(first, second) => Vec::from([first, second]),
            _ => Vec::new(),
        }
    }
}
