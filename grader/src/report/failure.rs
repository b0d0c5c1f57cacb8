//! What a report says about a check that was not passed: what happened, which mistake it shows, and the
//! schedule that shows it.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

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

/// One step of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From 1.
    pub step: u64,
    pub thread: String,
    pub operation: String,
    pub object: Option<String>,
    pub value: Option<String>,
    /// For an access to an atomic.
    pub ordering: Option<String>,
    /// For a load of an atomic.
    pub reads: Option<Reads>,
    /// Absent for a step of the check itself.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// That line of the submission, without the space around it.
    pub source: Option<String>,
}

/// A thread of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    pub name: String,
    /// The functions of the submission that it runs, in the order of their first steps.
    pub calls: Vec<String>,
}

/// Which store a load read, and which it could have read. Absent: the value from the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// The step of the store that was read.
    pub from: Option<u64>,
    /// The step of the newest store.
    pub newest: Option<u64>,
}

/// Something that threads synchronise with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// As steps name it: the learner's own name where it is known, otherwise `Mutex #1`.
    pub name: String,
    /// Its type and number, such as `Mutex #1`.
    pub kind: String,
    /// Where it was made. Absent: in the check.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}

/// A thread that has not ended: it waits for something, or is about to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    pub thread: String,
    /// What it waits in: `lock`, `wait`, `join`, …; or `goes on`.
    pub operation: String,
    /// The object, or the thread, that it waits for.
    pub object: Option<String>,
    /// The threads that hold it.
    pub holders: Vec<String>,
    /// Absent: in the check.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
}
