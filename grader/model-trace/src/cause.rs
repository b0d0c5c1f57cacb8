//! How an execution fails.

use crate::{Place, ThreadId};

/// How the panic begins by which a check passes on that of a thread that it has joined. The message of that one follows.
pub const PASSED_ON: &str = "a thread panicked: ";

/// How an execution fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields))]
pub enum Cause {
    /// A panic that fails the test: an assertion, or any other one.
    Panic {
        /// The panic's message.
        message: String,
        /// Where it panicked.
        place: Option<Place>,
        /// Who panicked, in an execution that is known.
        thread: Option<ThreadId>,
    },
    /// No thread can take a step, and the test has not finished. The execution says who waits for what.
    Deadlock {},
    /// The execution has more steps than the limit.
    TooManySteps {
        /// The limit.
        limit: u64,
        /// Where the thread is that takes steps without progress.
        place: Place,
        /// That thread.
        thread: ThreadId,
    },
}
