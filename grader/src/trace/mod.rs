//! What is made of a failing execution before anybody reads it.
//!
//! [`names`] finds the learner's own names for what the model counts.

mod names;

pub(crate) use names::OwnNames;

use crate::report::{Object, Step, Waiting};

/// A failing execution, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Execution {
    pub trace: Vec<Step>,
    pub objects: Vec<Object>,
    pub waiting: Vec<Waiting>,
}
