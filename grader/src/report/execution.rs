//! An execution under the model, with what the submission's source says about it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use model_trace::history::{Ending, History};
use model_trace::{Content, Execution, ObjectId, Operation, Place, Step, StepId, ThreadId};

/// How a check passes: one of many executions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What `cargo xtask replay` needs to run it again.
    pub token: String,
    pub recording: Recording,
}

/// An execution, and the names that its parts have in the submission.
///
/// Every thread, object and step that the execution refers to is there. Of its places, those that
/// [`in_submission`] does not give are the check's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub execution: Execution,
    pub ending: Ending,
    /// The submission's own name for each object, where it has one. No two are the same.
    pub names: Vec<Option<String>>,
    /// The functions of the submission that each thread runs, in the order of their first steps.
    pub calls: Vec<Vec<String>>,
    /// The line of the submission that each step is at, without the space around it.
    pub lines: Vec<Option<String>>,
    /// The function of the submission that each step's thread has been called with, if it can be called from outside.
    pub functions: Vec<Option<String>>,
    /// The lines that belong to each step: its whole statement, and what decides about it. They are in its file.
    pub context: Vec<Vec<u32>>,
    /// The text of all these lines, with the space before it.
    pub sources: BTreeMap<(String, u32), String>,
}

impl Recording {
    /// What a step does to data that it may write, for a sentence.
    pub(crate) fn changes(&self, id: StepId) -> &'static str {
        match self.step(id).operation {
            Operation::Release { content: Content::MaybeChanged, .. }
            | Operation::Downgrade { content: Content::MaybeChanged, .. } => "may change",
            _ => "changes",
        }
    }

    /// The steps, each with its id.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = (StepId, &Step)> + ExactSizeIterator + Clone {
        self.execution.steps.iter().enumerate().map(|(position, step)| (step_id(position), step))
    }

    /// The steps within a range, each with its id; none beyond the last one.
    pub fn within(
        &self,
        range: Range<StepId>,
    ) -> impl DoubleEndedIterator<Item = (StepId, &Step)> + ExactSizeIterator + Clone {
        let steps = &self.execution.steps;
        let end = range.end.index().min(steps.len());
        let start = range.start.index().min(end);
        steps[start..end].iter().enumerate().map(move |(position, step)| (step_id(start + position), step))
    }

    /// The step with this id.
    pub fn step(&self, id: StepId) -> &Step {
        &self.execution.steps[id.index()]
    }

    /// The last step.
    pub fn last(&self) -> Option<StepId> {
        self.execution.steps.len().checked_sub(1).map(step_id)
    }

    /// The text of a line that belongs to a step.
    pub fn source(&self, file: &str, line: u32) -> Option<&str> {
        self.sources.get(&(file.to_owned(), line)).map(String::as_str)
    }

    /// The name of a thread.
    pub fn thread(&self, thread: ThreadId) -> &str {
        &self.execution.threads[thread.index()].name
    }

    /// The name of an object: the submission's own, or its kind and number, such as `Mutex #1`.
    pub fn object(&self, object: ObjectId) -> Cow<'_, str> {
        match &self.names[object.index()] {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(self.execution.objects[object.index()].to_string()),
        }
    }

    /// The threads that take steps, in the order of their first ones.
    pub fn acting_threads(&self) -> Vec<ThreadId> {
        let mut has_acted = vec![false; self.execution.threads.len()];
        let steps = self.execution.steps.iter().map(|step| step.thread);
        steps.filter(|thread| !std::mem::replace(&mut has_acted[thread.index()], true)).collect()
    }

    /// The one file of the submission that all steps in it are in. `None`: there are several, or none.
    pub fn only_file(&self) -> Option<&str> {
        let mut files = self.execution.steps.iter().filter_map(|step| in_submission(&step.place));
        let first: &str = &files.next()?.file;
        files.all(|place| place.file == first).then_some(first)
    }

    /// What is so after each step.
    pub fn history(&self) -> History<'_> {
        History::of(&self.execution, self.ending)
    }
}

/// The number of a step, as people count: from 1.
pub fn number(step: StepId) -> u64 {
    u64::from(step.0) + 1
}

/// The step at a position. There are never as many as would not fit.
fn step_id(position: usize) -> StepId {
    StepId(u32::try_from(position).unwrap_or(u32::MAX))
}

/// A place that a learner can look at: in the submission, or in the public tests. `None`: it is in a hidden check,
/// and stays unnamed.
pub fn in_submission(place: &Place) -> Option<&Place> {
    (place.file.starts_with("src/") || place.file == PUBLIC_TESTS).then_some(place)
}

/// The file of a place in `std` itself, where that calls something for the program or panics: nobody can look at its
/// lines, and whose call it is in does not show from it.
pub(crate) const OF_STD: &str = "std";

/// Whether a place is in `std` itself.
pub fn in_std(place: &Place) -> bool {
    place.file == OF_STD
}

/// The file of the public tests. No hidden check has this name.
pub(crate) const PUBLIC_TESTS: &str = "tests/public.rs";
