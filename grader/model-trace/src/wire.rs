//! What the grader asks of a check's process, and the one line that answers it. Both ends share these types.
//!
//! 1. The process says [`READY`], and the grader sends a [`Request`] as one line.
//! 2. Where the check has not passed, the process sends its [`Answer`] as one line, and ends.
//! 3. Where the check's function has returned and nothing speaks against a pass, it says [`RETURNED`] first. The grader
//!    answers with a line that is not known to the process before: the seal, without which no pass counts.

use serde::{Deserialize, Serialize};

use crate::{Cause, Coverage, Execution, Opinion, Place, Sampling};

/// The line that asks for the request.
pub const READY: &str = "ready\n";

/// The line that asks for the seal.
pub const RETURNED: &str = "returned\n";

/// How a process ends that could not send its answer.
pub const UNSENT: i32 = 74;

/// What the grader asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Proves that an answer belongs to this request.
    pub nonce: String,
    /// The number of the check in this binary. It says nothing about the check.
    pub check: String,
    /// Who runs it.
    pub engine: Engine,
    /// The bound on preemptions. `None`: without a bound.
    pub preemptions: Option<u64>,
    /// The bound that has to be reached. `None`: `preemptions`.
    pub least: Option<u64>,
    /// The most executions.
    pub executions: u64,
    /// The most executions that are run for a greater bound than `least`.
    pub deepening: u64,
    /// Schedules to draw, instead of a search. The explorer alone draws some.
    pub sampling: Option<Sampling>,
    /// Where random numbers start.
    pub seed: u64,
    /// What to do with the check.
    pub task: Task,
}

/// Who runs a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Real threads.
    Stress,
    /// The explorer.
    Model,
    /// The loom crate.
    Loom,
}

/// What to do with a check. On real threads it can only be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Say whether it passes.
    Judge {},
    /// Run one schedule again.
    Replay {
        /// The schedule, as text.
        schedule: String,
        /// Whether to wait for a debugger where it fails.
        debugger: bool,
    },
    /// Look for a smaller failure than that of a schedule.
    Shrink {
        /// The schedule, as text.
        schedule: String,
    },
    /// Show an execution in which it passes.
    Show {},
}

/// The answer: how the check went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The nonce of the request.
    pub nonce: String,
    /// The number of the check.
    pub check: String,
    /// What the grader gave where the check has passed.
    pub seal: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// What a search has covered.
    pub coverage: Option<Coverage>,
}

/// The answer where loom was asked: its opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionAnswer {
    /// The nonce of the request.
    pub nonce: String,
    /// The number of the check.
    pub check: String,
    /// What loom makes of it.
    pub opinion: Opinion,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It passed.
    Passed {
        /// An execution in which it does, if that was asked for and there is one.
        execution: Option<Box<Execution>>,
    },
    /// It failed.
    Failed {
        /// How.
        cause: Cause,
        /// The execution in which it failed, if it is known.
        execution: Option<Box<Execution>>,
    },
    /// What some execution has to show, none of those that were tried did.
    NeverHappens {},
    /// The program does not go the way of the schedule that it was to follow.
    Diverged {
        /// The steps that it took as the schedule has them.
        steps: u64,
        /// The first one that it did not; the last one, if it ended too early.
        place: Place,
    },
    /// More threads were alive at once than there can be, however schedules are chosen.
    TooManyThreads {
        /// How many there can be, that of the check among them.
        most: u64,
    },
    /// The check could not be run: no verdict on the code.
    Unsupported {
        /// What has no model.
        call: String,
        /// Why, and what can be done.
        message: String,
        /// Where it is called.
        place: Option<Place>,
    },
    /// Whoever ran the check is broken itself: no verdict on the code.
    Internal {
        /// What is wrong.
        message: String,
        /// The schedule that led to it, as text.
        schedule: String,
    },
}
