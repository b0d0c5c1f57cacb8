//! What a step does, in a word, and its value as text: as JSON has them.

use model_trace::{
    AcquireCall, Content, ObjectKind, Operation, ReceiveCall, Received, ReleaseCall, SendCall, Sent,
    UpdateCall, Wait,
};
use schemars::JsonSchema;
use serde::Serialize;
use strum::IntoStaticStr;

use super::execution::Recording;

/// What a step does. Where that is a call of `std`, it is the name of the function; what is dropped when a guard is,
/// is an `unlock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verb {
    /// The search suspends the thread, although it could go on.
    Preempted,
    /// The thread is slow: time passes before its next step.
    Delayed,
    YieldNow,
    /// The thread begins to wait for a lock, a message, an initialisation or the end of a thread.
    Blocked,
    /// A timed wait ends by its timeout.
    TimedOut,
    /// A wait ends without a reason.
    SpuriousWakeup,
    /// A wait ends by a notification.
    Notified,
    /// A wait ends by a token.
    Unparked,
    Panic,
    Spawn,
    Join,
    IsFinished,
    Park,
    ParkTimeout,
    Unpark,
    Sleep,
    Now,
    Lock,
    TryLock,
    Read,
    TryRead,
    Write,
    TryWrite,
    Unlock,
    UnlockRead,
    UnlockWrite,
    Downgrade,
    IsPoisoned,
    ClearPoison,
    /// Of a condition variable or a barrier.
    Wait,
    WaitTimeout,
    NotifyOne,
    NotifyAll,
    /// An initialisation begins.
    Initialise,
    /// An initialisation ends.
    Initialised,
    /// An initialisation is found to be complete.
    FoundInitialised,
    /// An initialisation is found to have panicked.
    FoundPoisoned,
    IsCompleted,
    Send,
    TrySend,
    Recv,
    RecvTimeout,
    TryRecv,
    Load,
    Store,
    Swap,
    CompareExchange,
    FetchAdd,
    FetchSub,
    FetchAnd,
    FetchNand,
    FetchOr,
    FetchXor,
    FetchNot,
    FetchMax,
    FetchMin,
    /// A `compare_exchange` finds another value than it expects.
    ExchangeFailed,
    /// A `compare_exchange_weak` finds what it expects, and fails.
    ExchangeFailedSpuriously,
    Fence,
}

impl Verb {
    /// The verb of an operation.
    pub fn of(operation: Operation) -> Self {
        match operation {
            Operation::Preempted => Self::Preempted,
            Operation::Delayed { .. } => Self::Delayed,
            Operation::Yield => Self::YieldNow,
            Operation::Block { .. } => Self::Blocked,
            Operation::TimedOut { .. } => Self::TimedOut,
            Operation::SpuriousWakeup { .. } => Self::SpuriousWakeup,
            Operation::Panic => Self::Panic,
            Operation::Spawn { .. } => Self::Spawn,
            Operation::Join { .. } => Self::Join,
            Operation::IsFinished { .. } => Self::IsFinished,
            Operation::Park { timeout: None } => Self::Park,
            Operation::Park { timeout: Some(_) } => Self::ParkTimeout,
            Operation::Unparked => Self::Unparked,
            Operation::Unpark { .. } => Self::Unpark,
            Operation::Sleep { .. } => Self::Sleep,
            Operation::Now { .. } => Self::Now,
            Operation::Acquire { call, .. } | Operation::WouldBlock { call, .. } => acquires(call),
            Operation::Release { call, .. } => match call {
                ReleaseCall::Unlock => Self::Unlock,
                ReleaseCall::UnlockRead => Self::UnlockRead,
                ReleaseCall::UnlockWrite => Self::UnlockWrite,
            },
            Operation::Downgrade { .. } => Self::Downgrade,
            Operation::IsPoisoned { .. } => Self::IsPoisoned,
            Operation::ClearPoison { .. } => Self::ClearPoison,
            Operation::Wait { timeout: None, .. } | Operation::Arrive { .. } => Self::Wait,
            Operation::Wait { timeout: Some(_), .. } => Self::WaitTimeout,
            Operation::Notified { .. } => Self::Notified,
            Operation::NotifyOne { .. } => Self::NotifyOne,
            Operation::NotifyAll { .. } => Self::NotifyAll,
            Operation::Initialise { .. } => Self::Initialise,
            Operation::Initialised { .. } => Self::Initialised,
            Operation::FindInitialised { .. } => Self::FoundInitialised,
            Operation::FindPoisoned { .. } => Self::FoundPoisoned,
            Operation::IsCompleted { .. } => Self::IsCompleted,
            Operation::Send { call: SendCall::Send, .. } => Self::Send,
            Operation::Send { call: SendCall::TrySend, .. } => Self::TrySend,
            Operation::Receive { call: ReceiveCall::Recv, .. } => Self::Recv,
            Operation::Receive { call: ReceiveCall::RecvTimeout, .. } => Self::RecvTimeout,
            Operation::Receive { call: ReceiveCall::TryRecv, .. } => Self::TryRecv,
            Operation::Load { .. } => Self::Load,
            Operation::Store { .. } => Self::Store,
            Operation::Update { call, .. } => updates(call),
            Operation::ExchangeFailed { spurious: false, .. } => Self::ExchangeFailed,
            Operation::ExchangeFailed { spurious: true, .. } => Self::ExchangeFailedSpuriously,
            Operation::Fence { .. } => Self::Fence,
        }
    }

    /// The name that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn acquires(call: AcquireCall) -> Verb {
    match call {
        AcquireCall::Lock => Verb::Lock,
        AcquireCall::TryLock => Verb::TryLock,
        AcquireCall::Read => Verb::Read,
        AcquireCall::TryRead => Verb::TryRead,
        AcquireCall::Write => Verb::Write,
        AcquireCall::TryWrite => Verb::TryWrite,
    }
}

fn updates(call: UpdateCall) -> Verb {
    match call {
        UpdateCall::Swap => Verb::Swap,
        UpdateCall::CompareExchange => Verb::CompareExchange,
        UpdateCall::FetchAdd => Verb::FetchAdd,
        UpdateCall::FetchSub => Verb::FetchSub,
        UpdateCall::FetchAnd => Verb::FetchAnd,
        UpdateCall::FetchNand => Verb::FetchNand,
        UpdateCall::FetchOr => Verb::FetchOr,
        UpdateCall::FetchXor => Verb::FetchXor,
        UpdateCall::FetchNot => Verb::FetchNot,
        UpdateCall::FetchMax => Verb::FetchMax,
        UpdateCall::FetchMin => Verb::FetchMin,
    }
}

/// The value that an operation reads or writes, its timeout, or its result where that is not the usual one.
pub fn value(operation: Operation, recording: &Recording) -> Option<String> {
    match operation {
        Operation::Park { timeout } | Operation::Wait { timeout, .. } => {
            timeout.map(|timeout| format!("{timeout:?}"))
        }
        Operation::Sleep { duration }
        | Operation::Now { time: duration }
        | Operation::Delayed { by: duration } => Some(format!("{duration:?}")),
        Operation::IsFinished { finished: yes, .. }
        | Operation::IsPoisoned { poisoned: yes, .. }
        | Operation::IsCompleted { completed: yes, .. } => Some(yes.to_string()),
        Operation::Acquire { poisoned: true, .. }
        | Operation::Release { poisons: true, .. }
        | Operation::Initialised { poisoned: true, .. } => Some("poisoned".to_owned()),
        Operation::Acquire { content, poisoned: false, .. } => content.map(|content| content.to_string()),
        Operation::WouldBlock { .. } => Some("would block".to_owned()),
        Operation::Release { content, poisons: false, .. } | Operation::Downgrade { content, .. } => {
            match content {
                Content::Unchanged => None,
                Content::Changed => Some("changed".to_owned()),
                Content::MaybeChanged => Some("changed?".to_owned()),
                Content::Replaced { old, new } => Some(format!("{old} → {new}")),
            }
        }
        Operation::NotifyOne { woken: Some(thread), .. } => Some(recording.thread(thread).to_owned()),
        Operation::NotifyOne { woken: None, .. } | Operation::NotifyAll { woken: 0, .. } => {
            Some("no waiter".to_owned())
        }
        Operation::NotifyAll { woken: 1, .. } => Some("1 waiter".to_owned()),
        Operation::NotifyAll { woken, .. } => Some(format!("{woken} waiters")),
        Operation::Arrive { last: true, .. } => Some("leader".to_owned()),
        Operation::Send { result, .. } => match result {
            Sent::Sent => None,
            Sent::NoReceiver | Sent::Full => Some(result.as_str().to_owned()),
        },
        Operation::Receive { result, .. } => match result {
            Received::Received => None,
            Received::NoSender | Received::Empty | Received::TimedOut => Some(result.as_str().to_owned()),
        },
        Operation::Load { value, .. }
        | Operation::Store { value, .. }
        | Operation::ExchangeFailed { found: value, .. } => Some(value.to_string()),
        Operation::Update { old, new, .. } => Some(format!("{old} → {new}")),
        Operation::Fence { order } => Some(order.to_string()),
        Operation::Preempted
        | Operation::Yield
        | Operation::Block { .. }
        | Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Panic
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::ClearPoison { .. }
        | Operation::Notified { .. }
        | Operation::Arrive { last: false, .. }
        | Operation::Initialise { .. }
        | Operation::Initialised { poisoned: false, .. }
        | Operation::FindInitialised { .. }
        | Operation::FindPoisoned { .. } => None,
    }
}

/// The object or the thread that an operation is about.
pub fn object(operation: Operation, recording: &Recording) -> Option<String> {
    let object = operation.object().map(|object| recording.object(object).into_owned());
    object.or_else(|| {
        // Whom a notification wakes is its result.
        operation.other_thread().map(|thread| recording.thread(thread).to_owned())
    })
}

/// What a thread waits in that has not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WaitVerb {
    /// It does not wait: it could go on.
    Ready,
    Lock,
    Read,
    Write,
    /// Of a condition variable, a barrier or an initialisation.
    Wait,
    Join,
    Park,
    Sleep,
    Recv,
    Send,
}

impl WaitVerb {
    /// The name that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The verb of a wait.
    pub fn of(wait: Wait, recording: &Recording) -> Self {
        match wait {
            Wait::Ready => Self::Ready,
            Wait::Sleep => Self::Sleep,
            Wait::Lock { lock } => match recording.execution.objects[lock.index()].kind {
                ObjectKind::RwLock => Self::Write,
                ObjectKind::Mutex
                | ObjectKind::Condvar
                | ObjectKind::Barrier
                | ObjectKind::Once
                | ObjectKind::Channel
                | ObjectKind::Atomic(_) => Self::Lock,
            },
            Wait::Read { .. } | Wait::ReadBehind { .. } => Self::Read,
            Wait::Notification { .. } | Wait::Barrier { .. } | Wait::Initialisation { .. } => Self::Wait,
            Wait::Join { .. } => Self::Join,
            Wait::Park => Self::Park,
            Wait::Receive { .. } => Self::Recv,
            Wait::Send { .. } | Wait::Rendezvous { .. } => Self::Send,
        }
    }
}
