//! The answer, in the types that the grader reads.

use model_std::model::{Coverage, Divergence, Example, Failure, InternalError, Place, Unsupported};
use model_trace::Cause;
use model_trace::wire::Outcome;

/// Bytes of the message of a panic that are reported. The grader reads no report without an end, and shows less of it.
const MAX_MESSAGE: usize = 64 * 1024;

/// Bytes of the name of a thread that are reported.
const MAX_NAME: usize = 1024;

/// How a check went, and what a search has covered.
pub(crate) struct Report {
    pub outcome: Outcome,
    pub coverage: Option<Coverage>,
}

impl From<Outcome> for Report {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, coverage: None }
    }
}

impl Report {
    /// Whether it says that the check has passed.
    pub(crate) fn is_pass(&self) -> bool {
        matches!(self.outcome, Outcome::Passed { .. })
    }

    pub(crate) fn passed(coverage: Option<Coverage>) -> Self {
        Self { outcome: Outcome::Passed { execution: None }, coverage }
    }

    pub(crate) fn example(example: Example) -> Self {
        Outcome::Passed { execution: Some(Box::new(example.execution)) }.into()
    }

    /// On real threads: no execution is known.
    pub(crate) fn panicked(message: String, place: Option<Place>) -> Self {
        let cause = shortened(Cause::Panic { message, place, thread: None });
        Outcome::Failed { cause, execution: None }.into()
    }

    pub(crate) fn counterexample(failure: &Failure) -> Self {
        let mut execution = failure.execution.clone();
        for thread in &mut execution.threads {
            thread.name.truncate(thread.name.floor_char_boundary(MAX_NAME));
        }
        let execution = Some(Box::new(execution));
        let outcome = Outcome::Failed { cause: shortened(failure.cause.clone()), execution };
        Self { outcome, coverage: Some(failure.coverage) }
    }

    pub(crate) fn never_happens(coverage: Coverage) -> Self {
        Self { outcome: Outcome::NeverHappens {}, coverage: Some(coverage) }
    }

    pub(crate) fn unsupported(unsupported: Unsupported) -> Self {
        let Unsupported { call, message, place, most_threads: _ } = unsupported;
        Outcome::Unsupported { call, message, place: Some(place) }.into()
    }

    pub(crate) fn too_many_threads(most: usize) -> Self {
        Outcome::TooManyThreads { most: most as u64 }.into()
    }

    /// The explorer itself is broken.
    pub(crate) fn internal(error: &InternalError) -> Self {
        let InternalError { message, place, schedule } = error;
        Outcome::Internal { message: format!("{message} (at {place})"), schedule: schedule.to_string() }
            .into()
    }

    pub(crate) fn diverged(divergence: Divergence) -> Self {
        let Divergence { steps, place } = divergence;
        Outcome::Diverged { steps: steps as u64, place }.into()
    }

    pub(crate) fn no_schedule(message: String) -> Self {
        Outcome::Unsupported { call: "the schedule".to_owned(), message, place: None }.into()
    }

    pub(crate) fn unknown_check(name: &str) -> Self {
        let message = format!("this binary has no check `{name}`");
        Outcome::Unsupported { call: name.to_owned(), message, place: None }.into()
    }

    pub(crate) fn unknown_engine(name: &str) -> Self {
        let message = "this binary is not built for that engine".to_owned();
        Outcome::Unsupported { call: name.to_owned(), message, place: None }.into()
    }
}

/// With no more of a message than is reported.
fn shortened(mut cause: Cause) -> Cause {
    if let Cause::Panic { message, .. } = &mut cause {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE));
    }
    cause
}
