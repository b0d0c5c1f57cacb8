//! What the loom crate makes of a check that the model has judged.

use schemars::JsonSchema;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::Engine;

/// A second opinion. It never changes points.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct SecondOpinion {
    /// Who was asked: loom.
    pub engine: Engine,
    pub status: OpinionStatus,
    /// Compared with the model's verdict. `None`: one of the two has none.
    pub agreement: Option<Agreement>,
    /// What happened, or why there is no opinion.
    pub message: String,
    /// The executions that loom ran, over all bounds.
    pub executions: Option<u64>,
    /// The bound on preemptions that loom searched last, as it counts them. `None`: it had none, or there was no
    /// search.
    pub preemptions: Option<u64>,
    /// The known differences between the two that the counterexample has to do with.
    pub differences: Vec<Difference>,
    /// The calls of the execution that fails in loom, in order.
    pub calls: Vec<LoomCall>,
    pub duration_ms: u64,
}

/// How loom's search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OpinionStatus {
    /// No execution within its bound fails.
    Passed,
    /// An execution fails.
    Failed,
    /// The code, or the check, does something that loom has no means for.
    NotExpressible,
    /// The search was cut short. What was not tried may fail.
    Cut,
    /// loom met one of its own limits.
    GaveUp,
}

/// What the two opinions on one check have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Agreement {
    /// Both pass the check, or both fail it.
    Agree,
    /// One passes it and the other does not, for a reason that is known.
    KnownDifference,
    /// One passes it and the other does not: a bug of one of them.
    Disagree,
}

/// What loom is known to do otherwise. `second_opinion::differences` has the reason and the source of each.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    IntoStaticStr,
    VariantArray,
    JsonSchema,
    Serialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Difference {
    /// It has no spurious wakeups.
    NoSpuriousWakeups,
    /// `notify_one` wakes the thread that has waited longest.
    WakesInOrder,
    /// `compare_exchange_weak` never fails spuriously.
    NoSpuriousFailures,
    /// A failed attempt to lock, and the release of a lock, are no steps as they are elsewhere.
    TryLock,
    /// To hand out a token is no step.
    UnparkIsNoStep,
    /// A condition variable and `park` share one token.
    SharedToken,
    /// `SeqCst` counts as `AcqRel`.
    WeakSeqCst,
    /// A read-modify-write operation need not read the write right before it.
    SplitUpdates,
    /// A load keeps a later write from being tried before earlier loads.
    HidingLoads,
    /// A thread that has yielded runs only when no other one can go on.
    YieldsToAll,
}

/// A call of the execution that fails in loom.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct LoomCall {
    pub thread: String,
    /// std's name of it, with the memory ordering if it has one.
    pub call: String,
    /// Absent: in the check.
    pub file: Option<String>,
    pub line: Option<u32>,
}

impl OpinionStatus {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Difference {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
