//! What is made of an execution before anybody reads it.
//!
//! [`names`] finds the learner's own names for what the model counts, and [`Annotator`] adds what the source
//! says about each step, and the diagnosis. [`world`] works out what is so after each step, [`mod@links`]
//! which step leads to which, [`words`] says what a step did, and [`rows`] picks what is worth reading.

mod links;
mod names;
mod schedule;
mod words;
mod world;

use names::{OwnNames, with_names};

pub(crate) use links::{LinkKind, links};
pub(crate) use schedule::{Row, rows};
pub(crate) use words::{joined, sentence};
pub(crate) use world::{Doing, History, Initialisation, Thing, World};

use crate::diagnosis::{Code, diagnose};
use crate::report::{Example, Failure, Object, Step, Thread, Waiting};
use crate::source::{Parsed, Source};

/// An execution, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Execution {
    /// The choices that lead to it; empty if there are none.
    pub schedule: String,
    pub trace: Vec<Step>,
    pub objects: Vec<Object>,
    pub waiting: Vec<Waiting>,
}

/// What a submission's source says about the steps of its failures.
#[derive(Debug)]
pub(crate) struct Annotator<'a> {
    sources: &'a [Source],
    names: OwnNames,
    code: Code,
}

impl<'a> Annotator<'a> {
    /// Reads `sources`. What does not parse says nothing.
    pub(crate) fn of(sources: &'a [Source]) -> Self {
        let parsed = Parsed::all(sources);
        Self { sources, names: OwnNames::of(&parsed), code: Code::of(&parsed) }
    }

    /// Gives everything in `failure` its own name, each step its line of source, and the failure its
    /// diagnosis.
    pub(crate) fn annotate(&self, failure: &mut Failure) {
        let Failure { trace, objects, waiting, .. } = failure;
        let names = self.names.give(trace, objects, waiting);
        failure.message = with_names(&failure.message, &names);
        failure.threads = self.read(&mut failure.trace);
        failure.diagnosis = diagnose(failure, &self.code);
    }

    /// Gives everything in `example` its own name, and each step its line of source.
    pub(crate) fn annotate_example(&self, example: &mut Example) {
        self.names.give(&mut example.trace, &mut example.objects, &mut []);
        example.threads = self.read(&mut example.trace);
    }

    /// Gives each step its line of source, and tells what each thread does.
    fn read(&self, trace: &mut [Step]) -> Vec<Thread> {
        for step in &mut *trace {
            step.source = self.line(step);
        }
        self.threads(trace)
    }

    fn line(&self, step: &Step) -> Option<String> {
        let file = self.sources.iter().find(|source| step.file.as_ref() == Some(&source.name))?;
        let index = usize::try_from(step.line?).ok()?.checked_sub(1)?;
        file.text.lines().nth(index).map(|line| crate::report::sanitised(line.trim(), 200))
    }

    fn threads(&self, steps: &[Step]) -> Vec<Thread> {
        let mut threads: Vec<Thread> = Vec::new();
        for step in steps {
            let known = threads.iter().position(|thread| thread.name == step.thread);
            let index = known.unwrap_or_else(|| {
                threads.push(Thread { name: step.thread.clone(), calls: Vec::new() });
                threads.len() - 1
            });
            let calls = &mut threads[index].calls;
            if let Some(function) =
                self.code.entered(step).filter(|name| !calls.iter().any(|call| call == name))
            {
                calls.push(function.to_owned());
            }
        }
        threads
    }
}
