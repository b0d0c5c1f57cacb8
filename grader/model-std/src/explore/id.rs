//! The numbers of threads, objects and steps: those that traces have, too.

pub(crate) use model_trace::{ObjectId, StepId, ThreadId};
