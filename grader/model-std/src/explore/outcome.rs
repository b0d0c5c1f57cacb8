//! What a search found.

use real::boxed::Box;
use real::string::String;

use super::path::Schedule;
use model_trace::{Cause, Coverage, Execution, Place};

/// The result of a search.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// No execution failed.
    Passed(Coverage),
    /// An execution failed. It is one with the fewest preemptions.
    Failed(Box<Failure>),
    /// The program uses something that cannot be modelled: no verdict.
    Unsupported(Unsupported),
    /// The explorer itself is broken: no verdict.
    Internal(InternalError),
}

/// A failing execution.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How it fails.
    pub cause: Cause,
    /// Its threads, objects and steps.
    pub execution: Execution,
    /// What had been searched when it was found.
    pub coverage: Coverage,
    /// The preemptions that the failing execution needs.
    pub preemptions: usize,
    /// The choices that lead to this execution.
    pub schedule: Schedule,
}

impl Failure {
    /// How much there is to read: the threads that take steps, and the steps.
    pub(super) fn size(&self) -> (usize, usize) {
        let steps = &self.execution.steps;
        let takes_part = |thread: &usize| steps.iter().any(|step| step.thread.index() == *thread);
        ((0..self.execution.threads.len()).filter(takes_part).count(), steps.len())
    }
}

/// A call that cannot be modelled. It says nothing about whether the program is right.
#[derive(Clone, Debug)]
pub struct Unsupported {
    /// Which call.
    pub call: String,
    /// Why it cannot be modelled, and what can be done.
    pub message: String,
    /// Where the call is.
    pub place: Place,
    /// How many threads can be alive at once, where it is one too many.
    pub most_threads: Option<usize>,
}

/// A panic of the explorer itself. It says nothing about the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalError {
    /// What the explorer panicked with.
    pub message: String,
    /// Where in the explorer.
    pub place: Place,
    /// The choices that led to it.
    pub schedule: Schedule,
}
