//! What a report says about a check that was not passed: what happened, which mistake it shows, and the
//! schedule that shows it.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::execution::{Object, Step, Thread, Waiting};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened.
    pub message: String,
    /// What that means, in the words of the concept that the check is about.
    pub explanation: String,
    /// The mistake, where the schedule shows which one it is.
    pub diagnosis: Option<Diagnosis>,
    /// What `cargo xtask replay` needs to run the schedule again.
    pub token: Option<String>,
    /// The schedule that shows it, if the engine has one.
    pub trace: Vec<Step>,
    /// The threads of the schedule, in the order of their first steps.
    pub threads: Vec<Thread>,
    /// The objects that the schedule names.
    pub objects: Vec<Object>,
    /// The threads that have not ended when the schedule does, other than the one that failed.
    pub waiting: Vec<Waiting>,
}

/// What mistake a schedule shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    pub kind: Mistake,
    /// What happened, with the threads and the lines that it happened at.
    pub message: String,
}

/// The mistakes that a schedule can show. Each has a page, for `cargo xtask explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// Two threads take the same locks in a different order.
    LockOrder,
    /// A thread waits for a lock that it holds.
    SelfDeadlock,
    /// A lock is held while its holder waits for something else.
    GuardAcrossBlocking,
    /// A notification came too early, went to somebody else, or was never sent.
    LostWakeup,
    /// A thread went on after a wake-up although its condition did not hold.
    MissingRecheck,
    /// Two threads read the same value, and one overwrote what the other had written.
    LostUpdate,
    /// What had been looked at was no longer so when it was acted on.
    CheckThenAct,
    /// One operation in two pieces, with another thread in between.
    TornOperation,
    /// A thread runs in a loop instead of sleeping.
    BusyWait,
    /// Nobody waits for the end of a thread.
    NeverJoined,
    /// A lock is of no use any more, for a thread panicked while it held it.
    Poisoned,
    /// A wait that began again with the whole timeout.
    LateTimeout,
    /// A load read a value that had been replaced.
    StaleRead,
}

impl Mistake {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LockOrder => "lock_order",
            Self::SelfDeadlock => "self_deadlock",
            Self::GuardAcrossBlocking => "guard_across_blocking",
            Self::LostWakeup => "lost_wakeup",
            Self::MissingRecheck => "missing_recheck",
            Self::LostUpdate => "lost_update",
            Self::CheckThenAct => "check_then_act",
            Self::TornOperation => "torn_operation",
            Self::BusyWait => "busy_wait",
            Self::NeverJoined => "never_joined",
            Self::Poisoned => "poisoned",
            Self::LateTimeout => "late_timeout",
            Self::StaleRead => "stale_read",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// What the check states does not hold.
    Assertion,
    /// The submission's code panicked.
    Panic,
    /// It ran into `todo!()`.
    NotImplemented,
    /// Every thread waits for another.
    Deadlock,
    /// The schedule goes on for ever: threads run without getting anywhere.
    TooManySteps,
    /// Some interleaving should show it, and none does.
    NeverHappens,
    /// Source that must not compile does.
    Compiles,
    /// Source that must compile does not, or is refused for another reason than the right one.
    DoesNotCompile,
    /// The process ended before the check was over.
    EndedEarly,
    /// The process died.
    Crash,
    /// Still running at the limit.
    Timeout,
    /// The check could not be run on this code. Not a verdict on it.
    Unsupported,
}

impl FailureKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Panic => "panic",
            Self::NotImplemented => "not_implemented",
            Self::Deadlock => "deadlock",
            Self::TooManySteps => "too_many_steps",
            Self::NeverHappens => "never_happens",
            Self::Compiles => "compiles",
            Self::DoesNotCompile => "does_not_compile",
            Self::EndedEarly => "ended_early",
            Self::Crash => "crash",
            Self::Timeout => "timeout",
            Self::Unsupported => "unsupported",
        }
    }
}
