//! What a submission's source says about an execution, and what of an execution is worth reading.
//!
//! [`names`] finds the learner's own names for what the model counts, [`code`] the functions and loops that
//! steps are in; [`Annotator`] adds both to an execution. [`edges()`] says which step leads to which, and [`rows()`]
//! picks the steps that are worth a row.

mod about;
mod code;
mod context;
mod edges;
mod handed_over;
mod names;
mod returns;
mod rows;

use std::collections::BTreeMap;

use model_trace::history::{Ending, critical_sections};
use model_trace::{Content, Execution, Operation, Place, Step, StepId, ThreadId};

pub(crate) use about::Failing;
pub(crate) use code::{Code, Composed};
pub(crate) use edges::{EdgeKind, edges};
pub(crate) use returns::Computed;
pub(crate) use rows::{Row, rows};

use crate::report::{Recording, in_submission, sanitised};
use crate::source::{Parsed, Source};
use context::Statements;
use handed_over::HandedOver;
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
    statements: Statements,
    handed_over: HandedOver,
}

impl Annotator {
    /// Reads `sources`. What does not parse says nothing.
    pub(crate) fn of(sources: &[Source]) -> Self {
        let parsed = Parsed::all(sources);
        let lines = |text: &str| text.lines().map(|line| sanitised(line.trim_end(), MAX_LINE)).collect();
        let files = sources.iter().map(|source| (source.name.clone(), lines(&source.text)));
        Self {
            files: files.collect(),
            names: OwnNames::of(&parsed),
            code: Code::of(&parsed),
            statements: Statements::of(&parsed),
            handed_over: HandedOver::of(&parsed),
        }
    }

    /// An execution with everything that the source says about it.
    pub(crate) fn recording(&self, mut execution: Execution, ending: Ending) -> Recording {
        self.handed_over.place(&mut execution, &self.code);
        self.doubt(&mut execution);
        let functions = self.functions(&execution);
        let context = self.context(&execution, &functions);
        Recording {
            sources: self.sources(&execution, &context),
            functions,
            context,
            names: self.names.of_objects(&execution),
            calls: self.calls(&execution),
            lines: execution.steps.iter().map(|step| self.line(&step.place)).collect(),
            execution,
            ending,
        }
    }

    /// Says of data that a thread had as `&mut` that they may be changed, where nothing in the source says that they are.
    fn doubt(&self, execution: &mut Execution) {
        for section in critical_sections(execution) {
            let (true, Some(released)) = (section.content == Content::Changed, section.released) else {
                continue;
            };
            let place = &execution.steps[released.index()].place;
            // What the check does with its own data is its own business.
            let is_sure = in_submission(place).is_none() || self.code.changes_data(place);
            let operation = &mut execution.steps[released.index()].operation;
            if !is_sure && let Operation::Release { content: content @ Content::Changed, .. } = operation {
                *content = Content::MaybeChanged;
            }
        }
    }

    /// The functions and loops of the source.
    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    /// Where the function of the submission begins that a thread had called last before the check panicked in it; `None`
    /// is the first thread. What is dropped while that unwinds comes after the failure.
    pub(crate) fn last_call(&self, recording: &Recording, thread: Option<ThreadId>) -> Option<Place> {
        let thread = thread.unwrap_or(ThreadId(0));
        let own = recording.steps().filter(|(_, step)| step.thread == thread);
        let own: Vec<(StepId, &Step)> = own.collect();
        let fails = |(_, step): &(StepId, &Step)| {
            step.operation == Operation::Panic && in_submission(&step.place).is_none()
        };
        let until = own.iter().rposition(fails).unwrap_or(own.len());
        own[..until].iter().rev().find_map(|(id, step)| {
            let called =
                recording.functions[id.index()].as_deref().and_then(|name| self.code.beginning(name));
            called.or_else(|| self.code.entrance(&step.place))
        })
    }

    fn line(&self, place: &Place) -> Option<String> {
        self.text(in_submission(place)?).map(|line| line.trim_start().to_owned())
    }

    fn text(&self, place: &Place) -> Option<&str> {
        let (_, lines) = self.files.iter().find(|(name, _)| *name == place.file)?;
        lines.get(usize::try_from(place.line).ok()?.checked_sub(1)?).map(String::as_str)
    }

    /// The function that each step's thread has been called with. A helper belongs to the one that goes on to call it,
    /// or else to the next one.
    fn functions(&self, execution: &Execution) -> Vec<Option<String>> {
        let mut functions: Vec<Option<String>> = vec![None; execution.steps.len()];
        for thread in
            (0..execution.threads.len()).map(|index| ThreadId(u32::try_from(index).unwrap_or(u32::MAX)))
        {
            let mut current: Option<(&str, u32)> = None;
            let mut undecided: Vec<usize> = Vec::new();
            // What it has been called with last, if it has not come back since.
            let mut last: Option<&str> = None;
            let own = execution.steps.iter().enumerate().filter(|(_, step)| step.thread == thread);
            for (index, step) in own {
                if in_submission(&step.place).is_none() {
                    self.name_by_the_outermost(execution, &mut undecided, &mut functions);
                    current = None;
                    last = None;
                } else if let Some(function) = self.code.entered(&step.place) {
                    current = Some((function, step.place.line));
                    last = Some(function);
                    // Those right before it are its own as far as it calls them; the others are of a call before.
                    let is_called = |index: &usize| {
                        let helper = self.code.function_of(&execution.steps[*index].place);
                        helper.is_some_and(|helper| self.code.calls(function, helper))
                    };
                    let first =
                        undecided.iter().rposition(|index| !is_called(index)).map_or(0, |last| last + 1);
                    for own in undecided.split_off(first) {
                        functions[own] = Some(function.to_owned());
                    }
                    self.name_by_the_outermost(execution, &mut undecided, &mut functions);
                    for earlier in undecided.drain(..) {
                        functions[earlier] = Some(function.to_owned());
                    }
                } else if let Some((function, line)) = current
                    && !self.code.calls_after(function, line, &step.place)
                {
                    current = None;
                    undecided.push(index);
                } else if current.is_none() {
                    undecided.push(index);
                }
                functions[index] = current.map(|(function, _)| function).or(last).map(str::to_owned);
            }
            self.name_by_the_outermost(execution, &mut undecided, &mut functions);
        }
        functions
    }

    /// Gives steps in helpers, of which it does not show what has been called from outside, the helper that calls all the
    /// others, if there is one: several functions may do no more than call it.
    fn name_by_the_outermost(
        &self,
        execution: &Execution,
        undecided: &mut Vec<usize>,
        functions: &mut [Option<String>],
    ) {
        let places = undecided.iter().map(|index| &execution.steps[*index].place);
        if let Some(outermost) = self.code.outermost(places) {
            let outermost = outermost.to_owned();
            for index in undecided.drain(..) {
                functions[index].get_or_insert_with(|| outermost.clone());
            }
        }
    }

    /// The lines that belong to each step.
    fn context(&self, execution: &Execution, functions: &[Option<String>]) -> Vec<Vec<u32>> {
        let lines = |(step, function): (&Step, &Option<String>)| {
            let Some(place) = in_submission(&step.place) else { return Vec::new() };
            let waits = matches!(step.operation, Operation::Wait { .. } | Operation::Park { .. });
            let mut lines = self.statements.lines(place, waits);
            lines.extend(self.code.calls_of(place, function.as_deref(), &execution.steps));
            lines
        };
        execution.steps.iter().zip(functions).map(lines).collect()
    }

    /// The text of the lines that belong to the steps.
    fn sources(&self, execution: &Execution, context: &[Vec<u32>]) -> BTreeMap<(String, u32), String> {
        let mut sources = BTreeMap::new();
        for (step, lines) in execution.steps.iter().zip(context) {
            let Some(place) = in_submission(&step.place) else { continue };
            for line in lines.iter().copied().chain([place.line]) {
                if let Some(text) = self.text(&Place { line, ..place.clone() }) {
                    sources.insert((place.file.to_string(), line), text.to_owned());
                }
            }
        }
        sources
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

#[cfg(test)]
mod tests;
