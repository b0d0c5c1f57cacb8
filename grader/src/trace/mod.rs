//! What a submission's source says about an execution, and what of an execution is worth reading.
//!
//! [`names`] finds the learner's own names for what the model counts, [`code`] the functions and loops that
//! steps are in; [`Annotator`] adds both to an execution. [`edges()`] says which step leads to which, and [`rows()`]
//! picks the steps that are worth a row.

mod code;
mod edges;
mod names;
mod rows;

use model_trace::history::Ending;
use model_trace::{Execution, Place};

pub(crate) use code::Code;
pub(crate) use edges::{EdgeKind, edges};
pub(crate) use rows::{Row, rows};

use crate::report::{Recording, in_submission, sanitised};
use crate::source::{Parsed, Source};
use names::OwnNames;

/// Longest line of source that a report shows beside a step, in bytes.
const MAX_LINE: usize = 200;

/// What a submission's source says about executions.
#[derive(Debug)]
pub(crate) struct Annotator {
    /// The lines of each file.
    files: Vec<(String, Vec<String>)>,
    names: OwnNames,
    code: Code,
}

impl Annotator {
    /// Reads `sources`. What does not parse says nothing.
    pub(crate) fn of(sources: &[Source]) -> Self {
        let parsed = Parsed::all(sources);
        let lines = |text: &str| text.lines().map(|line| sanitised(line.trim(), MAX_LINE)).collect();
        let files = sources.iter().map(|source| (source.name.clone(), lines(&source.text)));
        Self { files: files.collect(), names: OwnNames::of(&parsed), code: Code::of(&parsed) }
    }

    /// An execution with everything that the source says about it.
    pub(crate) fn recording(&self, execution: Execution, ending: Ending) -> Recording {
        Recording {
            names: self.names.of_objects(&execution),
            calls: self.calls(&execution),
            lines: execution.steps.iter().map(|step| self.line(&step.place)).collect(),
            execution,
            ending,
        }
    }

    /// The functions and loops of the source.
    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    fn line(&self, place: &Place) -> Option<String> {
        let place = in_submission(place)?;
        let (_, lines) = self.files.iter().find(|(name, _)| *name == place.file)?;
        lines.get(usize::try_from(place.line).ok()?.checked_sub(1)?).cloned()
    }

    /// The functions that each thread enters, in the order of their first steps.
    fn calls(&self, execution: &Execution) -> Vec<Vec<String>> {
        let mut calls: Vec<Vec<String>> = vec![Vec::new(); execution.threads.len()];
        for step in &execution.steps {
            let own = &mut calls[step.thread.index()];
            if let Some(function) = self.code.entered(&step.place)
                && !own.iter().any(|call| call == function)
            {
                own.push(function.to_owned());
            }
        }
        calls
    }
}
