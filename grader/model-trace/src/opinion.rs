//! What the loom crate makes of a check. It is no verdict of the grader: a second opinion beside that of the
//! explorer.

use core::fmt;
use std::borrow::Cow;

use crate::{Order, Place};

/// What loom makes of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "status", rename_all = "snake_case", deny_unknown_fields))]
pub enum Opinion {
    /// No execution fails, within loom's bound on preemptions.
    Passed {
        /// What loom tried.
        tried: Tried,
    },
    /// An execution fails.
    Failed {
        /// How.
        failure: LoomFailure,
        /// The calls of that execution, in order.
        calls: Vec<Call>,
        /// What loom had tried by then.
        tried: Tried,
    },
    /// The program does something that loom has no means for.
    NotExpressible {
        /// What it calls.
        call: String,
        /// What loom lacks.
        reason: String,
        /// Where it calls it.
        place: Option<Place>,
    },
    /// The search was cut short: what was not tried may fail.
    Cut {
        /// What loom tried.
        tried: Tried,
    },
    /// loom met one of its own limits.
    GaveUp {
        /// What loom says.
        message: String,
        /// Where the program was, if it is known.
        place: Option<Place>,
    },
}

/// What loom has tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Tried {
    /// Executions, over all bounds.
    pub executions: u64,
    /// The bound on preemptions that was searched last, as loom counts them. `None`: there was none.
    pub preemptions: Option<u64>,
}

/// How a check fails in loom.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields))]
pub enum LoomFailure {
    /// A panic: an assertion of the check, or any other one.
    Panic {
        /// The panic's message.
        message: String,
        /// Where it panicked.
        place: Option<Place>,
        /// The name of the thread that panicked.
        thread: String,
    },
    /// No thread can go on.
    Deadlock {},
    /// What some execution has to show, none of those that were tried did.
    NeverHappens {},
}

/// A call of the program that loom took for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Call {
    /// The name of the thread.
    pub thread: String,
    /// std's name of what it calls, such as `lock`.
    pub call: Cow<'static, str>,
    /// The memory ordering that it asks for, if it is an access to an atomic or a fence.
    pub order: Option<Order>,
    /// Where the call is.
    pub place: Place,
}

impl fmt::Display for Call {
    /// As in `consumer 1: wait (src/lib.rs:55)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.thread, self.call)?;
        if let Some(order) = self.order {
            write!(f, " {order}")?;
        }
        write!(f, " ({})", self.place)
    }
}
