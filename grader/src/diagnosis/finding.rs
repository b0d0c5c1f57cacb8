//! What a rule finds: data, of which a sentence is made last.

use model_trace::StepId;

use crate::report::{Citation, Recording, Role, SourceLine};

/// A mistake that an execution shows.
pub(super) trait Finding {
    /// The steps that it rests on.
    fn steps(&self) -> Vec<Citation>;

    /// Those of its steps whose lines are to be looked at, the first one first.
    fn to_mend(&self) -> Vec<StepId>;

    /// A line to be looked at before those, if it is one that no step is at.
    fn first_line(&self) -> Option<SourceLine> {
        None
    }

    /// What happened, and what to do about it. It is true of this execution, whatever else is in it.
    fn sentence(&self, recording: &Recording) -> String;
}

/// A step in a role.
pub(super) fn cite(step: StepId, role: Role) -> Citation {
    Citation { step, role }
}

/// A call by the name of its function, for a sentence.
pub(super) fn the_call(function: Option<&str>) -> String {
    function.map_or_else(|| "the call".to_owned(), |function| format!("`{function}`"))
}
