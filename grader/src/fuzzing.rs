//! What the fuzzers in `grader/fuzz` call: invariants of all that reads what a submission has made. They are there only with
//! the feature `fuzzing`. Each panics where it does not hold.

pub use crate::check::invariant::holds_for as every_answer;
pub use crate::class::intake::invariant::holds_for_both as every_archive;
pub use crate::policy::invariant::holds_for as every_source;
pub use crate::report::invariant::holds_for as every_text;
